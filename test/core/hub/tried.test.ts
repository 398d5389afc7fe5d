import { describe, expect, test } from '@jest/globals';
import { asTried } from '../../../src/core/hub/tried.ts';
import { HUB, platformWith } from '../../support/written.ts';

const main = platformWith({});
const hubOf = (platform: typeof main) => platform.environments.get('hub')?.data;

describe('a proposal decides nothing but values and images', () => {
  test('waves, their order and approvals are those of the default branch', () => {
    const waves = [{ name: 'production', images: 'candidate', approval: false }];
    const tried = asTried(platformWith({ 'platform.yaml': { waves } }), main);
    expect(tried.settings.data.waves).toEqual(main.settings.data.waves);
    expect(tried.settings.data.waves).toHaveLength(2);
  });

  test('nor what is removed', () => {
    const removal = { hub: 'old', cluster: 'main', reason: 'gone', homes: 'delete' };
    const more = { number: 3, database: 'delete' };
    const removals = [{ ...removal, ...more }];
    const proposal = { ...main.settings, data: { ...main.settings.data, removals } };
    const tried = asTried({ ...main, settings: proposal as never }, main);
    expect(tried.settings.data.removals).toEqual([]);
  });

  test('a hub stays where it is, and keeps what else its file says', () => {
    const wave = main.settings.data.waves[0]?.name ?? '';
    const moved = { ...main.environments.get('hub'), data: { ...hubOf(main), wave, cluster: 'x' } };
    const named = { ...moved, data: { ...moved.data, title: 'Another title' } };
    const proposal = { ...main, environments: new Map([['hub', named as never]]) };
    const tried = hubOf(asTried(proposal, main));
    expect([tried?.wave, tried?.cluster, tried?.title]).toEqual([
      hubOf(main)?.wave,
      hubOf(main)?.cluster,
      'Another title',
    ]);
    expect(hubOf(main)?.wave).not.toBe(wave);
  });

  test('who a cluster is stays what it was, and a hub that is new waits for its merge', () => {
    const file = platformWith({ 'clusters/main.yaml': { kubernetes: '1.31' } });
    const proposal = {
      ...file,
      environments: new Map([...file.environments, ['new', {} as never]]),
    };
    const tried = asTried(proposal, main);
    expect(tried.clusters).toBe(main.clusters);
    expect([...tried.environments.keys()]).toEqual([...main.environments.keys()]);
    expect(platformWith({ [HUB]: { title: 'x' } }).environments.has('hub')).toBe(true);
  });
});
