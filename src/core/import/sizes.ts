import { canonical, isObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { memoryBytes } from '../model/quantities.ts';
import { cpuFrom, memoryFrom, nameFrom } from './forms.ts';
import type { Ledger } from './ledger.ts';
import type { Machines } from './machines.ts';

/** What a server may have, in KubeSpawner's words. */
export const OF_SIZE = [
  'cpu_limit',
  'cpu_guarantee',
  'mem_limit',
  'mem_guarantee',
  'node_selector',
  'tolerations',
  'extra_resource_limits',
  'extra_resource_guarantees',
] as const;
const GPU = /^(?:nvidia|amd|gpu\.intel)\.com\/[a-z0-9.-]+$/u;
const CPU_OTHERWISE = 1;

interface Wanted {
  traits: JsonObject;
  title: string | undefined;
  isDefault: boolean;
  path: string;
}

/** Sizes that the values name, each once. */
export class Sizes {
  readonly drafted = new Map<string, JsonObject>();
  readonly #ledger: Ledger;
  readonly #machines: Machines;
  readonly #names = new Map<string, string>();

  constructor(ledger: Ledger, machines: Machines) {
    this.#ledger = ledger;
    this.#machines = machines;
  }

  /** The size's name. */
  add({ traits, title, isDefault, path }: Wanted): string {
    for (const trait of OF_SIZE)
      if (traits[trait] !== undefined && path.startsWith('/singleuser/profileList'))
        this.#ledger.says(`${path}/${trait}`, 'sizes');
    const nodes = this.#machines.named(traits['node_selector'], traits['tolerations'], path);
    const size = { ...this.#resources(traits, path), ...this.#gpus(traits, nodes, path) };
    const content = canonical({ ...size, nodes: nodes ?? '' });
    const known = this.#names.get(content);
    const name = known ?? nameFrom(title ?? 'standard', 'size', this.drafted.keys());
    this.#names.set(content, name);
    const isFirst = isDefault && ![...this.drafted.values()].some((one) => one['default'] === true);
    this.drafted.set(name, {
      ...(title === undefined ? {} : { title }),
      ...size,
      ...(nodes === undefined ? {} : { nodes }),
      ...this.drafted.get(name),
      ...(isFirst ? { default: true } : {}),
    });
    return name;
  }

  #resources(traits: JsonObject, path: string): JsonObject {
    const limits = { cpu: cpuFrom(traits['cpu_limit']), memory: memoryFrom(traits['mem_limit']) };
    // Kubernetes takes a limit without a guarantee for both.
    const least = {
      cpu: cpuFrom(traits['cpu_guarantee']) ?? limits.cpu,
      memory: memoryFrom(traits['mem_guarantee']) ?? limits.memory,
    };
    const memory = greaterMemory(limits.memory ?? least.memory ?? '1G', least.memory);
    const cpu = Math.max(limits.cpu ?? CPU_OTHERWISE, least.cpu ?? 0);
    if (limits.memory === undefined)
      this.#ledger.tell(path, `nothing limits memory: the draft says ${memory} at most`);
    if (limits.cpu === undefined)
      this.#ledger.tell(path, `nothing limits cores: the draft says ${cpu} at most`);
    const guarantee = {
      ...(least.cpu !== undefined && least.cpu !== cpu / 4 ? { cpu: least.cpu } : {}),
      ...(least.memory !== undefined && least.memory !== memory ? { memory: least.memory } : {}),
    };
    return { cpu, memory, ...(Object.keys(guarantee).length > 0 ? { guarantee } : {}) };
  }

  #gpus(traits: JsonObject, nodes: string | undefined, path: string): JsonObject {
    const wanted = merged(traits['extra_resource_guarantees'], traits['extra_resource_limits']);
    const [resource, number] = Object.entries(wanted).find(([name]) => GPU.test(name)) ?? [];
    for (const other of Object.keys(wanted))
      if (other !== resource) this.#ledger.tell(path, `${other} cannot be asked for by a size`);
    const count = Number(number);
    if (resource === undefined || !Number.isInteger(count) || count < 1) return {};
    if (this.#machines.hasGpus(nodes, count)) return { gpu: count };
    this.#ledger.tell(
      path,
      `gpu: ${count} needs nodes: machines with accelerators in the cluster’s file (nodes.<name>.gpu)`,
    );
    return {};
  }
}

function merged(...values: readonly (Json | undefined)[]): JsonObject {
  return Object.assign({}, ...values.filter(isObject)) as JsonObject;
}

function greaterMemory(limit: string, least: string | undefined): string {
  return (memoryBytes(least ?? '') ?? 0) > (memoryBytes(limit) ?? 0) ? (least ?? limit) : limit;
}
