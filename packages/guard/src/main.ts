import { join } from 'node:path';

import { GUARD_PORT, paths } from '@flotilla/model';

import { openEngine } from './engines/open.ts';
import { loadConfig } from './server/config.ts';
import { startGuard } from './server/guard.ts';
import { logToStderr } from './server/log.ts';
import { httpPeers } from './server/peer-client.ts';

const PEER_TIMEOUT_MS = 700;

const config = loadConfig(process.env['FLOTILLA_GUARD_CONFIG'] ?? '/flotilla/current/guard.json');
const secrets = process.env['FLOTILLA_SECRETS'] ?? '/secrets';
const control = paths.guardControl(config.environment);
const runFolder = (service: string) => paths.guardRun(config.environment, service);

const guard = await startGuard({
  config,
  places: {
    terms: paths.terms(config.environment),
    bootId: join(control, 'boot-id'),
    controlSocket: join(control, 'control.sock'),
    runFolder,
    listen: { host: '0.0.0.0', port: GUARD_PORT },
  },
  engineOf: (service) =>
    openEngine(service, {
      runFolder: runFolder(service.service),
      secrets,
      ownServer: config.server,
      ownHost: config.servers[config.server] ?? '',
    }),
  ask: httpPeers({ servers: config.servers, port: GUARD_PORT, timeoutMs: PEER_TIMEOUT_MS }),
  log: logToStderr(),
});

const stop = () => void guard.stop().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
