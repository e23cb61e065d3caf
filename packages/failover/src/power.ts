import { printable } from '@flotilla/exec';
import type { Command, CommandResult, SecretStore } from '@flotilla/exec';
import type { Power } from '@flotilla/model';

type PowerCommand = Pick<Command, 'argv' | 'stdin' | 'env'>;

/** How one machine's power is cut, asked for and switched on. Passwords are in the input or the environment, never in `argv`. */
export type PowerDriver = {
  readonly off: PowerCommand;
  readonly status: PowerCommand;
  /** Absent when this driver cannot. */
  readonly on?: PowerCommand;
  /** Names what it asks, for the proof. */
  readonly name: string;
  /** Gives the state by which the answer to `status` says that the machine is off; `undefined` when it does not say so. */
  offState(answer: CommandResult): string | undefined;
  /** Gives the answer to `status` for people, in one line. */
  said(answer: CommandResult): string;
};

/** Gives the driver of a machine's power. Throws what the store throws when the password is not there. */
export async function openPower(power: Power, secrets: SecretStore | undefined): Promise<PowerDriver> {
  if ('redfish' in power) return redfish(power.redfish, await password(power.redfish.password, secrets));
  if ('ipmi' in power) return ipmi(power.ipmi, await password(power.ipmi.password, secrets));
  return 'qm' in power ? proxmox(power) : commands(power);
}

async function password(name: string, secrets: SecretStore | undefined): Promise<string> {
  if (secrets === undefined) throw new Error(`no store to read the secret ${name} from`);
  return (await secrets.read(name)).reveal();
}

/** https://pve.proxmox.com/pve-docs/qm.1.html */
function proxmox({ qm, via }: Extract<Power, { qm: number }>): PowerDriver {
  const prefix = via === undefined ? [] : ['ssh', '-o', 'BatchMode=yes', `root@${via}`, '--'];
  const verb = (word: string) => ({ argv: command([...prefix, 'qm', word, String(qm)]) });
  const status = verb('status');
  return {
    off: verb('stop'),
    status,
    on: verb('start'),
    name: status.argv.join(' '),
    said: firstLine,
    offState: saysExactly('status: stopped'),
  };
}

function commands({ off, status, on, offWhen }: Extract<Power, { off: readonly string[] }>): PowerDriver {
  return {
    off: { argv: command(off) },
    status: { argv: command(status) },
    ...(on === undefined ? {} : { on: { argv: command(on) } }),
    name: status.join(' '),
    said: firstLine,
    offState: saysExactly(offWhen),
  };
}

function saysExactly(offWhen: string): PowerDriver['offState'] {
  return ({ exitCode, stdout }) => (exitCode === 0 && stdout.trim() === offWhen ? offWhen : undefined);
}

function firstLine({ stdout }: CommandResult): string {
  return printable(stdout.trim().split('\n')[0] ?? '');
}

type Redfish = Extract<Power, { redfish: unknown }>['redfish'];

/**
 * The reset action and the PowerState of DMTF's ComputerSystem: https://www.dmtf.org/dsp/DSP0266, https://redfish.dmtf.org/schemas/v1/.
 * A board's certificate is rarely signed by anyone: its key can be pinned instead.
 */
function redfish({ address, system, user, pin }: Redfish, secret: string): PowerDriver {
  const host =
    address.includes(':') && !address.includes(']') && !/^[^:]+:\d+$/.test(address) ? `[${address}]` : address;
  const url = `https://${host}/redfish/v1/Systems/${encodeURIComponent(system)}`;
  const trust = pin === undefined ? [] : ['--insecure', '--pinnedpubkey', pin];
  const curl = ['curl', '-sS', '--fail', '--max-time', '10', ...trust, '--config', '-'];
  const stdin = `user = ${quoted(`${user}:${secret}`)}\nheader = "Accept: application/json"\n`;
  const reset = (type: string) => ({
    argv: command([
      ...curl,
      '-H',
      'Content-Type: application/json',
      '--data',
      JSON.stringify({ ResetType: type }),
      `${url}/Actions/ComputerSystem.Reset`,
    ]),
    stdin,
  });
  return {
    off: reset('ForceOff'),
    status: { argv: command([...curl, url]), stdin },
    on: reset('On'),
    name: `the PowerState of ${url}`,
    said: ({ stdout }) => printable(`PowerState ${JSON.stringify(powerState(stdout)) ?? 'is missing'}`),
    offState: ({ exitCode, stdout }) => (exitCode === 0 && powerState(stdout) === 'Off' ? 'Off' : undefined),
  };
}

/** The quoting of curl's configuration file. */
function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function powerState(body: string): unknown {
  try {
    const resource: unknown = JSON.parse(body);
    return typeof resource === 'object' && resource !== null && 'PowerState' in resource
      ? resource.PowerState
      : undefined;
  } catch {
    return undefined;
  }
}

type Ipmi = Extract<Power, { ipmi: unknown }>['ipmi'];

/** The chassis commands of ipmitool(1), which takes the password from its environment with `-E`. */
function ipmi({ address, user }: Ipmi, secret: string): PowerDriver {
  const verb = (word: string): PowerCommand => ({
    argv: [
      'ipmitool',
      '-I',
      'lanplus',
      '-H',
      address,
      '-U',
      user,
      '-E',
      '-N',
      '2',
      '-R',
      '2',
      'chassis',
      'power',
      word,
    ],
    env: { IPMI_PASSWORD: secret },
  });
  return {
    off: verb('off'),
    status: verb('status'),
    on: verb('on'),
    name: `ipmitool chassis power status of ${address}`,
    said: firstLine,
    offState: saysExactly('Chassis Power is off'),
  };
}

function command(words: readonly string[]): readonly [string, ...string[]] {
  const [first, ...rest] = words;
  if (first === undefined) throw new Error('a power driver has no command');
  return [first, ...rest];
}
