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

/** How the power of a machine is cut: by Proxmox, or by commands of one's own. */
export const power = z
  .union(
    [
      z.strictObject({
        qm: z.int().min(100).meta({ description: 'Number of the virtual machine.' }),
        via: address.optional().meta({ description: 'The Proxmox host that runs the machine.' }),
      }),
      z.strictObject({
        off: z.array(z.string()).min(1).meta({ description: 'A command that cuts the power.' }),
        status: z.array(z.string()).min(1).meta({ description: 'A command that prints the power state.' }),
        offWhen: z.string().min(1).meta({ description: 'What `status` prints when the machine is off.' }),
        on: z.array(z.string()).min(1).optional(),
      }),
    ],
    { error: 'expected { qm: NUMBER } or { off: […], status: […], offWhen: TEXT }' },
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
