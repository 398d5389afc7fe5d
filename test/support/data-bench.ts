import { lockText } from '../../src/core/data/lock.ts';
import { recipeOf } from '../../src/core/data/wanted.ts';
import { at, textAt } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Edit } from './apply-bench.ts';
import type { PodEnd } from './cluster.ts';
import { DeployBench } from './deploy-bench.ts';

export const SYSTEM = 'glaciocloud-system';
const PLACE: Edit = [
  'clusters/main.yaml',
  'storage: {homes: {class: standard}}',
  'storage: {homes: {class: standard}, data: {class: standard}}',
];
const url = 'https://data.example.org/cru.nc';

/** Of the set `cru`, whose only file has so many bytes. */
export const lockOf = (bytes: number): string =>
  lockText({
    recipe: recipeOf({ title: '', files: [url], mirrors: {}, size: '1Gi' }),
    files: [{ url, bytes }],
  });

/** The hub `one` names the set `cru`, and the cluster has a place for it. */
export const DATA: Edit[] = [
  PLACE,
  ['data/cru.yaml', '', 'title: CRU\nfiles: [https://data.example.org/cru.nc]\nsize: 1Gi\n'],
  ['data/cru.lock.yaml', '', lockOf(5)],
  ['environments/one.yaml', 'images: [science]', 'images: [science]\ndata: [cru]'],
];

/** A provisioner binds the claim when the filler's pod comes, which ends as it is said. */
export async function dataBench({
  binds = true,
  filler = () => ({ phase: 'Succeeded' }),
  edits = DATA,
}: {
  binds?: boolean;
  filler?: (pod: JsonObject) => PodEnd;
  edits?: readonly Edit[];
} = {}): Promise<DeployBench> {
  const here = await DeployBench.make(...edits);
  const { kube } = here.bench;
  const usual = kube.podEnds;
  kube.podEnds = (pod) => {
    if (at(pod, '/metadata/labels/job-name') === undefined) return usual(pod);
    const claim = kube.peek('PersistentVolumeClaim', 'oggm-data', SYSTEM);
    if (binds && claim && textAt(claim, '/spec/volumeName') === '')
      kube.add(
        {
          apiVersion: 'v1',
          kind: 'PersistentVolume',
          metadata: { name: 'pvc-1' },
          spec: {
            capacity: { storage: '1Gi' },
            accessModes: ['ReadWriteOnce'],
            hostPath: { path: '/opt/pvc-1' },
            nodeAffinity: { required: {} },
          },
        },
        { ...claim, spec: { ...(claim['spec'] as JsonObject), volumeName: 'pvc-1' } },
      );
    return binds ? filler(pod) : { phase: 'Failed' };
  };
  return here;
}

/** What the filler says of the set, whole where nothing else is said. */
export const rowOf = (more: object = {}): object => ({
  set: 'cru',
  state: 'ready',
  files: 1,
  bytes: 5,
  files_done: 1,
  bytes_done: 5,
  problems: [],
  repaired: 0,
  ...more,
});

export const lineOf = (event: string, more: object): string => JSON.stringify({ event, ...more });

export const reportOf = (...sets: object[]): string =>
  lineOf('report', { schema_version: 1, sets, room: { free: 2 ** 30, total: 2 ** 31 } });

export const progressOf = (bytes: number): string =>
  lineOf('progress', { set: 'cru', files_done: 0, files: 1, bytes_done: bytes, bytes: 5 });

/** Of a pod that failed after the folder was made. */
export const FOLDER: JsonObject = {
  initContainerStatuses: [{ state: { terminated: { exitCode: 0 } } }],
};
