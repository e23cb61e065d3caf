import { describe, expect, it } from 'vitest';

import { fleetOf, service, surveyText } from '../test/fleets.ts';
import { injectVariables } from './connections.ts';
import type { Injected } from './connections.ts';

function inject(...services: readonly string[]): Injected {
  const fleet = surveyText(fleetOf(...services));
  const app = fleet.services.get('app');
  if (app === undefined) throw new Error('no app');
  return injectVariables(fleet, { server: 'a', host: '192.0.2.1', service: 'app' }, app);
}

const DATABASE = service.postgres('main-db', 'primary: b');

describe('injected variables', () => {
  it('describes a database by the endpoint on the same server, under the name of the service', () => {
    const { environment, secretEnv } = inject(DATABASE, service.app('app', 'a', ', uses: [main-db]'));
    expect(environment).toEqual({
      MAIN_DB_HOST: 'main-db',
      MAIN_DB_PORT: '5432',
      MAIN_DB_READ_PORT: '5433',
      MAIN_DB_DATABASE: 'orders',
      MAIN_DB_USERNAME: 'orders',
    });
    expect(secretEnv).toEqual([{ variable: 'MAIN_DB_PASSWORD', secret: 'main-db-owner-orders' }]);
  });

  it('uses the prefix that is written', () => {
    const { environment } = inject(DATABASE, service.app('app', 'a', ', uses: [{ service: main-db, as: DB }]'));
    expect(environment['DB_HOST']).toBe('main-db');
    expect(environment).not.toHaveProperty('MAIN_DB_HOST');
  });

  it('reaches another service by name on the same server, else by the address of the first', () => {
    const near = inject(service.app('files', 'b, a'), service.app('app', 'a', ', uses: [files]'));
    expect(near.environment).toEqual({ FILES_HOST: 'files', FILES_PORT: '3000' });
    const far = inject(service.app('files', 'c, b'), service.app('app', 'a', ', uses: [files]'));
    expect(far.environment).toEqual({ FILES_HOST: '192.0.2.3', FILES_PORT: '3000' });
  });

  it('lets what is written win, also over a secret', () => {
    const { environment, secretEnv } = inject(
      DATABASE,
      service.app('app', 'a', ', uses: [{ service: main-db, as: DB }], env: { DB_HOST: proxy, DB_PASSWORD: x, N: 1 }'),
    );
    expect(environment).toMatchObject({ DB_HOST: 'proxy', DB_PASSWORD: 'x', N: '1' });
    expect(secretEnv).toEqual([]);
  });

  it('injects secrets as upper-case variables, sorted', () => {
    const { secretEnv } = inject(service.app('app', 'a', ', secrets: [session-key, api-key]'));
    expect(secretEnv).toEqual([
      { variable: 'API_KEY', secret: 'api-key' },
      { variable: 'SESSION_KEY', secret: 'session-key' },
    ]);
  });

  it('leaves out what does not exist', () => {
    expect(inject(service.app('app', 'a', ', uses: [nothing]')).environment).toEqual({});
  });
});
