import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';

import { fleetOf, renderText, service, textOf } from '../test/fleets.ts';

function composeOf(name: string, ...services: readonly string[]): string {
  return textOf(renderText(fleetOf(...services)), 'a', `services/${name}/compose.yaml`);
}

describe('Compose files', () => {
  it('keeps values whole: a dollar is no variable, a number stays text, a line break stays inside', () => {
    const env = '{ A: "$HOME ${X}", B: "0123", C: true, D: "x\\n      flotilla.run-hash: \'0\'" }';
    const text = composeOf('app', service.app('app', 'a', `, env: ${env}, command: [run, "$1"]`));
    expect(load(text)).toMatchObject({
      services: {
        app: {
          command: ['run', '$$1'],
          environment: { A: '$$HOME $${X}', B: '0123', C: 'true', D: "x\n      flotilla.run-hash: '0'" },
        },
      },
    });
  });

  it('declares named volumes under the name of environment and service', () => {
    const text = composeOf('app', service.app('app', 'a', ', volumes: { uploads: /srv/up }'));
    expect(load(text)).toMatchObject({
      services: { app: { volumes: ['test-app-uploads:/srv/up'] } },
      volumes: { 'test-app-uploads': { name: 'test-app-uploads' } },
    });
  });

  it('names the secrets file only for a unit that has secrets', () => {
    expect(composeOf('app', service.app('app', 'a', ', secrets: [key]'))).toContain(
      '/var/lib/flotilla/test/secrets/app.env',
    );
    const bare = composeOf('app', service.app('app', 'a'));
    expect(bare).not.toContain('env_file');
    expect(bare).not.toContain('secrets-hash');
  });
});
