import type { ServerTree } from '@flotilla/model';
import { describe, expect, it } from 'vitest';

import { treeOf } from '../../test/trees.ts';
import type { ObservedUnit } from './observed.ts';
import { planUnits } from './plan-units.ts';

const tree = treeOf({ a: [{ service: 'web' }] }).servers[0]!;
const unit = tree.units[0]!;
const STANDING: ObservedUnit = { appliedHash: unit.hash, runHash: unit.runHash, running: true };

function kinds(desired: ServerTree, units: Readonly<Record<string, ObservedUnit>>): readonly string[] {
  return planUnits({ desired, observed: { server: 'a', units } }).map(({ kind, service }) => `${kind} ${service}`);
}

describe('planUnits', () => {
  it('does nothing where everything stands, and says so for each unit', () => {
    expect(kinds(tree, { web: STANDING })).toEqual(['none web']);
  });

  it('creates what has no container, also where a release was uploaded before the connection broke', () => {
    expect(kinds(tree, {})).toEqual(['create web']);
    expect(kinds(tree, { web: { appliedHash: unit.hash, running: false } })).toEqual(['create web']);
  });

  it('says its doubt about an image that is older than the one that runs', () => {
    const fleet = (image: string) => treeOf({ a: [{ service: 'db', kind: 'mysql', tier: 'data', image }] }).servers[0]!;
    const definition = fleet('mysql:8.4.6').units[0]!;
    const observed = { server: 'a', units: { db: { ...STANDING, runHash: 'other', definition } } };
    const reasons = (image: string) =>
      planUnits({ desired: fleet(image), observed }).flatMap((change) =>
        change.kind === 'none' ? [] : change.reasons,
      );
    expect(reasons('mysql:8.4.3').join()).toContain('from 8.4.6 to 8.4.3');
    expect(reasons('mysql:8.4.7').join()).not.toContain('8.4.6');
  });

  it('recreates a container that was made from other files or does not run', () => {
    expect(kinds(tree, { web: { ...STANDING, runHash: 'other' } })).toEqual(['recreate web']);
    expect(kinds(tree, { web: { ...STANDING, running: false } })).toEqual(['recreate web']);
  });

  it('reloads where only the release differs, or where its gate never passed', () => {
    expect(kinds(tree, { web: { ...STANDING, appliedHash: 'other' } })).toEqual(['reload web']);
    expect(kinds(tree, { web: { runHash: unit.runHash, running: true } })).toEqual(['reload web']);
  });

  it('leaves a running unit alone that is unhealthy but stands as desired', () => {
    expect(kinds(tree, { web: { ...STANDING, healthy: false } })).toEqual(['none web']);
  });

  it('removes what is no longer desired, by name and after the rest', () => {
    expect(kinds(tree, { zebra: STANDING, ape: STANDING })).toEqual(['create web', 'remove ape', 'remove zebra']);
  });
});
