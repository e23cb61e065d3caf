import { unitFolder } from '@flotilla/model';
import type { ServiceOfKind } from '@flotilla/model';

import { configMount } from '../compose.ts';
import { draftDeclared } from '../declared.ts';
import { configPath } from '../draft.ts';
import type { UnitDraft } from '../draft.ts';
import type { Fleet, Place } from '../fleet.ts';
import { serviceGate } from '../gates.ts';
import { innerAddress, publishPorts } from '../publishes.ts';
import { nginxConfig } from './nginx-config.ts';

/** Gives the unit of an nginx that passes requests to what it routes to; its health path passes through like any other. */
export function draftNginx(fleet: Fleet, place: Place, service: ServiceOfKind<'nginx'>): UnitDraft {
  const { port, health } = service;
  const address = innerAddress(fleet, place, health !== undefined);
  const publishes = publishPorts(service, [{ port, containerPort: port, address }]);
  const config = configPath('nginx.conf');
  return draftDeclared(
    fleet,
    { place, service },
    {
      tier: 'stateless',
      publishes,
      gates: [serviceGate(publishes, port, health)],
      container: {
        command: ['nginx', '-c', config, '-g', 'daemon off;'],
        mounts: [configMount(fleet, place.service)],
      },
      files: [
        {
          path: `${unitFolder(place.service)}/nginx.conf`,
          text: nginxConfig(fleet, place, service),
          mode: 0o644,
          effect: 'reload',
        },
      ],
      reload: ['nginx', '-s', 'reload', '-c', config],
    },
  );
}
