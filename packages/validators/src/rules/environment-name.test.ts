import { parseEnvironment } from '@flotilla/model';
import { describe, expect, it } from 'vitest';

import { fleet } from '../../test/support.ts';
import { environmentName } from './environment-name.ts';

const TEXT = fleet({ services: '  w: { kind: worker, image: IMAGE, on: [a], memory: 1GiB }' });

function codes(files: Readonly<Record<string, string>>): readonly string[] {
  const [entry = ''] = Object.keys(files);
  const parsed = parseEnvironment({ entry, read: (path) => files[path] });
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.findings));
  return environmentName.check(parsed).map(({ code, at }) => `${code} ${at.file}:${at.line}:${at.column}`);
}
const named = (name: string, more = '') => `${TEXT.replace('environment: test', `environment: ${name}`)}\n${more}`;

describe('environment-name', () => {
  it.each([
    ['environments/shop/environment.yaml', 'shop'],
    ['environments/eu/shop/environment.yaml', 'eu-shop'],
    ['environments/eu/shop/environment.yaml', 'shop'],
    ['fleet/environments/shop/environment.yaml', 'shop'],
  ])('accepts in %s the name %s', (path, name) => {
    expect(codes({ [path]: named(name) })).toEqual([]);
  });

  it('rejects a copied folder whose name was not changed, at the name', () => {
    const path = 'environments/staging/environment.yaml';
    expect(codes({ [path]: named('shop') })).toEqual([`VALIDATE_ENVIRONMENT_NAME ${path}:1:14`]);
    expect(codes({ 'environments/eu/shop/environment.yaml': named('eu') })).toHaveLength(1);
  });

  it('looks at the entry, not at what it extends', () => {
    const base = { 'environments/shop/environment.yaml': named('shop') };
    const over = (name: string) => ({
      'environments/staging/environment.yaml': `environment: ${name}\nextends: ../shop\n`,
      ...base,
    });
    expect(codes(over('staging'))).toEqual([]);
    expect(codes(over('shop'))).toEqual(['VALIDATE_ENVIRONMENT_NAME environments/staging/environment.yaml:1:14']);
  });

  it('says nothing of a sandbox, nor of a file that is in no folder below environments', () => {
    expect(codes({ 'environments/other/environment.yaml': named('shop', 'sandbox: true') })).toEqual([]);
    expect(codes({ 'environments/environment.yaml': named('shop') })).toEqual([]);
    expect(codes({ 'environments-old/x/environment.yaml': named('shop') })).toEqual([]);
  });
});
