import { expect, test } from '@jest/globals';
import type { AccessWorld } from '../../src/apply/access/apply.ts';
import { presentInCluster } from '../../src/apply/access/hub-people.ts';
import { decideAccess } from '../../src/core/access/decide.ts';
import type { GivenName } from '../../src/core/access/names.ts';
import { readAudit, withLines } from '../../src/core/access/audit/line.ts';
import { readEntries } from '../../src/core/access/entry.ts';
import { sha256Hex } from '../../src/core/digest.ts';
import { stateObject } from '../../src/core/hub/state.ts';
import { objectOf, textAt } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { AuditWorld } from '../../src/flow/access-audit.ts';
import { makeTrue } from '../../src/flow/access.ts';
import type { PythonRequest } from '../../src/ports.ts';
import { facts, of, people } from '../support/access-facts.ts';
import { auditLine, held } from '../support/audit.ts';
import { FakeClock } from '../support/clock.ts';
import { ClusterDouble, secretText } from '../support/cluster.ts';
import { aState } from '../support/states.ts';

/* Runs that are killed before or after each of their calls. Cluster, hub and the branches of names and audit are doubles. */
const HUB = 'science';
const TOUCHED = '/metadata/annotations/glaciocloud.org~1touch';
const RESEARCHER = of('tier:researcher', { until: '2027-01-31' });

const WITHOUT_END = held({ groups: [], until: null });

/** A hub with Ada (7) in it, who is to go, while Bob (8) is to come. */
class Scene {
  readonly clock = new FakeClock();
  readonly kube = new ClusterDouble(this.clock);
  readonly book = new Map<string, GivenName>([['7', { name: 'ada', claims: {} }]]);
  /** Files of the branch `audit`. */
  audit: ReadonlyMap<string, string> = withLines(new Map(), [auditLine({ after: WITHOUT_END })]);
  /** Whom the hub itself knows. */
  readonly known = new Set(['ada']);
  /** Its file as it was when its pod was last changed: nobody waits for the kubelet's own turn. */
  #read = '';
  #touched = '';

  constructor() {
    this.kube.scripts = ({ args: [asked = ''], onLine }: PythonRequest) => {
      this.#hub(objectOf(asked) ?? {}, (line) => onLine(JSON.stringify(line)));
      return Promise.resolve({ code: 0, stdout: '', stderr: '' });
    };
    const door = JSON.stringify({ v: 1, users: { '7': { name: 'ada' } } });
    const home = { 'hub.jupyter.org/username': 'ada' };
    this.kube.add(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: HUB } },
      stateObject(HUB, aState()),
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'hub', namespace: HUB, labels: { app: 'jupyterhub', component: 'hub' } },
      },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'hub-access', namespace: HUB },
        stringData: { 'access.json': door },
      },
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          name: 'claim-ada',
          namespace: HUB,
          labels: { component: 'singleuser-storage' },
          annotations: home,
        },
      },
    );
  }

  get door(): string {
    return secretText(this.kube.peek('Secret', 'hub-access', HUB), 'access.json') ?? '';
  }

  /** The hub forgets somebody only where it has read the file that it is asked about. */
  #hub(job: JsonObject, say: (line: JsonObject) => void): void {
    if (job['do'] === 'look') {
      say({ users: [...this.known].map((name) => ({ name })) });
      return;
    }
    const touched = textAt(this.kube.peek('Pod', 'hub', HUB), TOUCHED);
    if (touched !== this.#touched) [this.#touched, this.#read] = [touched, this.door];
    const loaded = job['digest'] === sha256Hex(this.#read);
    say({ loaded, seconds: 1, detail: '' });
    for (const name of loaded ? (job['names'] as string[]) : []) {
      this.known.delete(name);
      say({ name, out: true, seconds: 2, detail: '' });
    }
  }

  #world(): AccessWorld & AuditWorld {
    return {
      kube: this.kube,
      script: (name) => Promise.resolve(name),
      clock: this.clock,
      progress: () => undefined,
      names: {
        read: () => Promise.resolve(this.book),
        keep: (names) =>
          this.kube.outside.call('keep', 'names', () => {
            for (const [id, given] of names) this.book.set(id, given);
          }),
      },
      audit: {
        read: () => Promise.resolve(readAudit(this.audit)),
        append: async (lines) => {
          if (lines.length === 0) return;
          await this.kube.outside.call('append', 'audit', () => {
            this.audit = withLines(this.audit, lines);
          });
        },
      },
      history: { newest: () => Promise.resolve(undefined) },
      run: undefined,
    };
  }

  /** A whole run, as the command makes it; says who is stuck. */
  async run(): Promise<unknown[]> {
    await this.clock.sleep(1000);
    const world = this.#world();
    const given = facts({
      people: people({ '8': [RESEARCHER] }, { logins: new Map([['8', 'bob']]) }),
      present: (await presentInCluster(world, [HUB])).present,
      book: new Map(this.book),
    });
    const { results } = await makeTrue({ facts: given, plan: decideAccess(given) }, world);
    return results.flatMap(({ stuck }) => stuck);
  }

  isAsWanted(): void {
    expect([...readEntries(this.door)].map(([id, { name }]) => [id, name])).toEqual([['8', 'bob']]);
    expect([...this.known]).toEqual([]);
    const effects = readAudit(this.audit).lines.map(({ subject, kind, before, after }) => [
      subject,
      kind,
      before?.until,
      after?.until,
    ]);
    expect(effects.sort()).toEqual([
      ['7', 'grant', undefined, null],
      ['7', 'revoke', null, undefined],
      ['8', 'grant', undefined, '2027-01-31'],
    ]);
    expect(this.book).toEqual(
      new Map([
        ['7', { name: 'ada', claims: { [HUB]: 'claim-ada' } }],
        ['8', { name: 'bob', claims: {} }],
      ]),
    );
  }
}

/** Calls of a run that nobody kills. */
async function callsOfOneRun(): Promise<number> {
  const scene = new Scene();
  expect(await scene.run()).toEqual([]);
  scene.isAsWanted();
  return scene.kube.outside.calls.length;
}

test('a run that was killed anywhere is finished by the next, and the one after it writes nothing', async () => {
  const calls = await callsOfOneRun();
  expect(calls).toBeGreaterThan(8);
  for (let call = 1; call <= calls; call += 1)
    for (const when of ['before', 'after'] as const) {
      const scene = new Scene();
      const { outside } = scene.kube;
      outside.killAt(call, when);
      await scene.run().catch(() => undefined);
      outside.revive();
      expect([call, when, await scene.run()]).toEqual([call, when, []]);
      scene.isAsWanted();
      const writes = () => outside.made('apply', 'annotate', 'delete', 'keep', 'append').length;
      const before = writes();
      expect([call, when, await scene.run(), writes()]).toEqual([call, when, [], before]);
    }
});
