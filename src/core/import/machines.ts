import { canonical, isObject, objectsIn } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { CORE_POOL, USER_POOL } from '../model/pools.ts';
import { nameFrom } from './forms.ts';
import type { Ledger } from './ledger.ts';
import type { Beside, PoolDraft } from './types.ts';

/** Taints that the chart's own pods tolerate anyway. */
const OF_CHART = /^hub\.jupyter\.org[/_]dedicated$/u;
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Pools that the values name: those of the cluster's file by their name there, others as they are first met. */
export class Machines {
  readonly drafted = new Map<string, PoolDraft>();
  readonly #ledger: Ledger;
  readonly #beside: Beside;

  constructor(ledger: Ledger, beside: Beside) {
    this.#ledger = ledger;
    this.#beside = beside;
  }

  /** The pool of servers that go to nodes with these labels; undefined where they go where all go. */
  named(
    selector: Json | undefined,
    tolerations: Json | undefined,
    path: string,
  ): string | undefined {
    const labels = labelsOf(selector);
    if (Object.keys(labels).length === 0) return undefined;
    const wanted = { selector: labels, taints: taintsOf(tolerations) };
    const known = this.#beside.pools;
    for (const [name, pool] of known ? Object.entries(known) : this.drafted)
      if (canonical(pool.selector) === canonical(labels)) return name;
    if (known) {
      this.#ledger.tell(
        path,
        `the cluster has no machines of this kind: write them into clusters/${this.#beside.cluster}.yaml, and name them by sizes.<size>.nodes: ${poolText(wanted)}`,
      );
      return undefined;
    }
    const words = Object.values(labels)[0] ?? '';
    const kind = /^(?:true|)$/u.test(words)
      ? (Object.keys(labels)[0]?.split('/').at(-1) ?? '')
      : words;
    const name = nameFrom(kind, 'pool', [USER_POOL, CORE_POOL, ...this.drafted.keys()]);
    this.drafted.set(name, { ...wanted, gpus: 0 });
    return name;
  }

  /** Whether machines have accelerators; what is drafted gets them. */
  hasGpus(name: string | undefined, count: number): boolean {
    const known = this.#beside.pools;
    if (known) return (known[name ?? USER_POOL]?.gpu?.count ?? 0) >= count;
    const pool = this.drafted.get(name ?? USER_POOL) ?? { selector: {}, taints: [], gpus: 0 };
    this.drafted.set(name ?? USER_POOL, { ...pool, gpus: Math.max(pool.gpus, count) });
    return true;
  }

  /** Machines of servers in general, and those of hub and proxy. */
  ofCluster(): void {
    this.#general(USER_POOL, '/singleuser/nodeSelector', '/singleuser/extraTolerations');
    this.#general(CORE_POOL, '/hub/nodeSelector', '/hub/tolerations');
    for (const path of ['/proxy/chp/nodeSelector', '/proxy/chp/tolerations'])
      this.#ledger.drop(path, 'hub and proxy go to nodes.core of the cluster');
  }

  #general(name: string, at: string, tolerations: string): void {
    const labels = labelsOf(this.#ledger.take(at));
    const taints = taintsOf(this.#ledger.take(tolerations));
    if (Object.keys(labels).length === 0 && taints.length === 0) return;
    const known = this.#beside.pools;
    const has = known?.[name];
    if (!known) this.drafted.set(name, { selector: labels, taints, gpus: 0 });
    else if (!has || canonical(has.selector) !== canonical(labels)) {
      this.#ledger.tell(
        at,
        `for clusters/${this.#beside.cluster}.yaml: nodes.${name}: ${poolText({ selector: labels, taints })}`,
      );
      return;
    }
    this.#ledger.says(at, `nodes.${name} of the cluster`);
  }
}

type Wanted = Pick<PoolDraft, 'selector' | 'taints'>;

function poolText({ selector, taints }: Wanted): string {
  return canonical({ selector, ...(taints.length > 0 ? { taints } : {}) });
}

/** What Kubernetes takes as labels; YAML may have read one as a number or as true. */
function labelsOf(value: Json | undefined): Record<string, string> {
  const entries = Object.entries(isObject(value) ? value : {});
  return Object.fromEntries(
    entries.flatMap(([key, one]) => (typeof one === 'object' ? [] : [[key, String(one)]])),
  );
}

function taintsOf(value: Json | undefined): PoolDraft['taints'] {
  const listed = objectsIn(
    Array.isArray(value) ? value : Object.values(isObject(value) ? value : {}),
  );
  return listed.flatMap((one: JsonObject) => {
    const { key, value: of, effect } = one;
    if (typeof key !== 'string' || OF_CHART.test(key)) return [];
    const isEffect = typeof effect === 'string' && EFFECTS.includes(effect);
    const taint = { key, effect: isEffect ? effect : 'NoSchedule' };
    return [typeof of === 'string' && of !== '' ? { ...taint, value: of } : taint];
  });
}
