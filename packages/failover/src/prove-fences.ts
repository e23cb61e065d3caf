import { FlotillaError } from '@flotilla/model';

import { fence } from './fence.ts';
import type { FenceProof } from './fence.ts';
import { isolate } from './isolate.ts';
import { engineContainer } from './observe.ts';
import { serverView } from './policy/view.ts';
import type { ServiceView } from './policy/view.ts';
import type { Session } from './session.ts';

/** One proof per member that had to be out, in the order that was asked for. */
export type Fences = readonly FenceProof[];

type Ask = {
  readonly view: ServiceView;
  readonly members: readonly string[];
  /** A person's own words, which take the place of a proof. */
  readonly words: string | undefined;
};

/** Fences every named member at once. Throws FAILOVER_UNFENCED for the first that nothing proves to be out, unless there are words. */
export async function proveFences(session: Session, { view, members, words }: Ask): Promise<Fences> {
  const proofs = await Promise.all(members.map((server) => fenceMember(session, { view, server, words })));
  for (const proof of proofs) {
    if (proof.kind !== 'unfenced') {
      session.say('fence', `${proof.server}: ${proof.evidence}`);
      continue;
    }
    const tried = proof.tried.join('; ');
    if (words === undefined) {
      const { service } = session.target;
      throw new FlotillaError('FAILOVER_UNFENCED', { service, server: proof.server, tried });
    }
    session.say('fence', `UNFENCED: ${proof.server} (${tried}); overridden: ${words}`);
  }
  return proofs;
}

type Member = Pick<Ask, 'view' | 'words'> & { readonly server: string };

function fenceMember(session: Session, { view, server, words }: Member): Promise<FenceProof> {
  const { fleet, lasting, target, runner, clock, power, secrets } = session;
  const fenceTarget = {
    remote: fleet.server(server),
    container: engineContainer(target),
    power: power[server],
    reachable: serverView(view, server).reachable,
  };
  return fence(fenceTarget, {
    runner,
    clock,
    ...(secrets === undefined ? {} : { secrets }),
    // Rules are never left half-way because of a signal.
    isolate: (name) => isolate(lasting.fleet, target, { server: name, keepsPart: words !== undefined }),
  });
}
