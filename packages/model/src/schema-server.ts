import { z } from 'zod';

import { address, memorySize, name, port, userName } from './schema-fields.ts';
import { sizeSchema } from './units.ts';

const ssh = z
  .strictObject({
    user: userName.default('flotilla').meta({ description: 'The account that deploys; `bootstrap` creates it.' }),
    port: port.default(22),
    via: name.optional().meta({ description: 'Another server of this environment to jump through.' }),
  })
  .meta({ description: 'How to reach the server over SSH.' });

/** An address that a management board answers at, with a port where it is not the usual one. */
const boardAddress = z
  .string({ error: 'expected an address of a management board' })
  .regex(/^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/, {
    error: 'expected an address of a management board, such as 192.0.2.30, [2001:db8::30] or board.example:8443',
  })
  .meta({ description: 'The management board of the machine.' });
const boardUser = z
  .string()
  .regex(/^[A-Za-z0-9._@-]{1,64}$/, { error: 'expected the name of an account of the management board' })
  .meta({ description: 'An account of the management board.' });
const boardPassword = name.meta({ description: 'Name of the secret that holds the password of the account.' });

const redfish = z.strictObject({
  address: boardAddress,
  system: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, { error: 'expected the Id of a system, such as 1 or System.Embedded.1' })
    .meta({ description: 'Id of the system below /redfish/v1/Systems.' }),
  user: boardUser,
  password: boardPassword,
  pin: z
    .string()
    .regex(/^sha256\/\/[A-Za-z0-9+/]{43}=$/, { error: 'expected sha256// and the hash of a public key in base 64' })
    .optional()
    .meta({
      description:
        'Hash of the board’s public key, as curl pins it; absent when a known authority signed its certificate.',
    }),
});

const ipmi = z.strictObject({
  address: address.meta({ description: 'The management board of the machine.' }),
  user: boardUser,
  password: boardPassword,
});

const POWER_FORMS =
  'expected { qm: NUMBER }, { redfish: { address, system, user, password } }, { ipmi: { address, user, password } } or { off: […], status: […], offWhen: TEXT }';

/** How the power of a machine is cut: by Proxmox, by its management board, or by commands of one's own. */
export const power = z
  .union(
    [
      z.strictObject({
        qm: z.int().min(100).meta({ description: 'Number of the virtual machine.' }),
        via: address.optional().meta({ description: 'The Proxmox host that runs the machine.' }),
      }),
      z.strictObject({ redfish: redfish.meta({ description: 'A board that speaks Redfish over HTTPS.' }) }),
      z.strictObject({
        ipmi: ipmi.meta({ description: 'A board that speaks IPMI 2.0; needs ipmitool where the command runs.' }),
      }),
      z.strictObject({
        off: z.array(z.string()).min(1).meta({ description: 'A command that cuts the power.' }),
        status: z.array(z.string()).min(1).meta({ description: 'A command that prints the power state.' }),
        offWhen: z.string().min(1).meta({ description: 'What `status` prints when the machine is off.' }),
        on: z.array(z.string()).min(1).optional().meta({ description: 'A command that switches the power on.' }),
      }),
    ],
    { error: POWER_FORMS },
  )
  .meta({ description: 'How to cut the power of this machine when SSH cannot prove that its database is stopped.' });

/** One machine. */
export const server = z.strictObject({
  host: address.meta({ description: 'The address that the fleet and the deployer reach this server by.' }),
  cpus: z.number().positive().meta({ description: 'Processors, such as 2 or 0.5.' }),
  memory: memorySize.meta({ description: 'Memory of the machine, such as 4GiB.' }),
  disk: sizeSchema.optional(),
  ssh: ssh.prefault({}),
  power: power.optional(),
});
