import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { tellDrift } from '../../src/commands/drift.ts';
import type { HubDrift } from '../../src/core/watch/drift-text.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';

let stage: GithubStage;
let said: string[];
beforeEach(async () => {
  stage = await githubStage();
  said = [];
});
afterEach(() => stage.sim.close());

/** Patched into the cluster by hand, or generated there: nobody has said that it is public. */
const SECRET = 'ghp_patched-in-by-hand';

const well: HubDrift = { hub: 'well', drift: [], foreign: [] };
const drifted: HubDrift = {
  hub: 'hub',
  drift: [
    { object: 'Deployment proxy', kind: 'missing', fields: [] },
    {
      object: 'ConfigMap hub',
      kind: 'changed',
      fields: [{ path: '/data/```@b', from: SECRET, to: undefined }],
    },
    {
      object: 'Deployment hub',
      kind: 'changed',
      fields: [
        { path: '/spec/replicas', from: undefined, to: SECRET },
        { path: '/spec/template/spec/containers/hub/env/KEY/value', from: SECRET, to: 'a' },
      ],
    },
    {
      object: 'Secret hub',
      kind: 'changed',
      fields: [{ path: '/data/token', from: 'hidden', to: 'secret' }],
    },
  ],
  foreign: [{ object: 'Service hub', manager: 'kubectl', time: '2026-11-24T08:00:00Z' }],
};
const tell = (...found: HubDrift[]): Promise<void> =>
  tellDrift(stage.forge, found, { progress: (text) => said.push(text) });

describe('drift', () => {
  test('is told in one issue for each hub, which closes when the hub is as deployed', async () => {
    await tell(drifted, well);
    await tell(drifted, well);
    expect([...stage.repository.issues.values()]).toMatchObject([
      {
        number: 1,
        title: 'hub: changed in the cluster behind our back',
        state: 'open',
        labels: ['glaciocloud-drift', 'hub:hub'],
      },
    ]);
    expect(said).toEqual(['hub: drift is told in issue 1', 'hub: drift is told in issue 1']);
    await tell({ ...drifted, drift: [] });
    expect(stage.repository.issues.get(1)).toMatchObject({
      state: 'closed',
      comments: [{ body: 'hub is as deployed again.' }],
    });
  });

  test('is a block of text that what it shows cannot end, and shows no value of the cluster', async () => {
    await tell(drifted);
    expect(stage.repository.issues.get(1)?.body).toBe(
      [
        'Somebody, or something, changed what GlacioCloud deployed:',
        '',
        '````',
        'hub: drifted',
        '  ✗ Deployment proxy is gone',
        '  ✗ ConfigMap hub /data/```@b: was added',
        '  ✗ Deployment hub /spec/replicas: is gone',
        '  ✗ Deployment hub /spec/template/spec/containers/hub/env/KEY/value: differs',
        '  ✗ Secret hub /data/token: differs',
        '  ⚠ Service hub: kubectl owns fields since 2026-11-24T08:00:00Z',
        '',
        '````',
        '',
        'Put what is right into the files, or give this issue the label `glaciocloud:apply-again`: what is merged is applied once more. The next night closes it.',
        'Values are left out where everybody reads: `glaciocloud drift hub --kubeconfig FILE` shows them.',
        '',
      ].join('\n'),
    );
    expect(stage.repository.issues.get(1)?.body).not.toContain(SECRET);
  });

  test('is cut to what fits', async () => {
    const many = Array.from({ length: 2000 }, (_, index) => ({
      object: `Pod ${index}`,
      kind: 'missing' as const,
      fields: [],
    }));
    await tell({ ...drifted, drift: many });
    const block = /```\n([\s\S]*)\n```/u.exec(stage.repository.issues.get(1)?.body ?? '')?.[1];
    expect(block).toHaveLength(20_000);
  });
});
