import { finding } from '@flotilla/model';

import type { EnvironmentRule } from './rule.ts';
import { membersOf, servicesOf } from './rule.ts';

/** A service stands at most once on a server; above all, no replica stands on its primary's. */
export const duplicateMembers: EnvironmentRule = {
  name: 'duplicate-members',
  check: ({ environment, sources }) =>
    servicesOf(environment).flatMap(([service, definition]) => {
      const first = new Map<string, string>();
      return membersOf(service, definition).flatMap((member) => {
        const seen = first.get(member.server);
        if (seen === undefined) {
          first.set(member.server, member.field);
          return [];
        }
        const facts = { service, server: member.server, first: seen };
        return [finding('VALIDATE_DUPLICATE_MEMBER', facts, sources.valueAt(member.path))];
      });
    }),
};
