import { z } from 'zod';

import { sizeSchema } from './units.ts';

/** Text of one form. `what` completes the sentence "expected …", for a wrong type as well as for a wrong text. */
function text(pattern: RegExp, what: string) {
  return z.string({ error: `expected ${what}` }).regex(pattern, { error: `expected ${what}` });
}

const NAME_RULE = 'up to 40 lower-case letters, digits and dashes, beginning with a letter and not ending with a dash';

/** A name that can stand in host names, paths and container names. `constructor` would be found in every object. */
export const name = text(/^(?!constructor$)[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/, NAME_RULE);

/** A name that no derived unit takes: `guard`, `etcd`, and endings of `-endpoint`, `-pooler` and `-sentinel`. */
export const serviceName = text(
  /^(?!constructor$|guard$|etcd$|.*-(?:endpoint|pooler|sentinel)$)[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
  `${NAME_RULE}; neither "guard" nor "etcd" nor ending in "-endpoint", "-pooler" or "-sentinel", which are derived`,
);

export const port = z.int().min(1).max(65_535);

/** A port as the key of a mapping. */
export const hostPort = text(
  /^(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/,
  'a port from 1 to 65535',
);

/** What an image is expected to be. */
export const IMAGE_RULE = 'an image reference such as nginx:1.28.0@sha256:… (64 hexadecimal digits)';

export const image = text(/^[A-Za-z0-9][A-Za-z0-9._:/-]*(?:@sha256:[0-9a-f]{64})?$/, IMAGE_RULE);

export const address = z.union([z.ipv4(), z.ipv6()], { error: 'expected an IP address such as 192.0.2.10' });
export const cidr = z.union([z.cidrv4(), z.cidrv6()], { error: 'expected a network such as 192.0.2.0/24' });

/** Text on one line, without control characters. */
// oxlint-disable-next-line no-control-regex -- they are what is refused
export const noControl = text(/^[^\u0000-\u001f\u007f]*$/, 'text on one line');

/** A value of a variable or a setting. */
export const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'expected text, a number or a boolean' });

/** A path of a URL that can stand in any configuration without quotes. */
export const httpPath = text(/^\/[A-Za-z0-9._~%!&()*+,=:@/?-]*$/, 'a path such as /health');

/** A folder inside of a container. */
export const containerPath = text(
  /^(?!.*\/\.{1,2}(?:\/|$))\/[A-Za-z0-9._/-]+$/,
  'an absolute path such as /var/lib/app, without ".."',
);

export const variableName = text(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of a variable, such as DB_HOST');
/** What the names of injected variables begin with. */
export const variablePrefix = text(/^[A-Z][A-Z0-9_]*$/, 'a prefix of variables in upper case, such as DB');
export const userName = text(/^[a-z_][a-z0-9_-]{0,31}$/, 'the name of a user, such as flotilla');
export const cookieName = text(/^[A-Za-z][A-Za-z0-9_]*$/, 'the name of a cookie, such as SERVERID');
export const databaseName = text(/^[a-z_][a-z0-9_]{0,62}$/, 'the name of a database, such as orders_db');
export const settingName = text(/^[a-z_]+(?:\.[a-z_]+)?$/, 'the name of a setting, such as shared_buffers');
export const redisSettingName = text(/^[a-z][a-z0-9-]*$/, 'the name of a setting, such as maxmemory-policy');
export const timeOfDay = text(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as "02:00"');

/** An amount of memory that something can run in. */
export const memorySize = sizeSchema.refine((sizeBytes) => sizeBytes > 0, { error: 'expected a size above zero' });
