import { compare } from '../plan/compare.ts';
import type { FieldChange } from '../plan/types.ts';
import { at, objectsIn, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';

export interface Drift {
  object: string;
  kind: 'missing' | 'changed';
  fields: FieldChange[];
}

export interface Foreign {
  object: string;
  manager: string;
  time: string;
}

/** Written by the API server or by controllers of Kubernetes themselves. */
const SERVER_FIELDS = ['/metadata/managedFields', '/metadata/resourceVersion', '/metadata/generation', '/metadata/uid', '/metadata/creationTimestamp', '/metadata/annotations/deployment.kubernetes.io~1revision', '/metadata/annotations/deprecated.daemonset.template.generation', '/status'];
const OWN_MANAGERS = /^(helm|glaciocloud|kube-|kubelet|k3s|cloud-controller|before-first-apply)/u;

/** A live object against what applying the stored manifest again would make of it: what differs is drift. */
export function driftOf(name: string, live: JsonObject | undefined, applied: JsonObject): Drift | undefined {
  if (!live) return { object: name, kind: 'missing', fields: [] };
  const fields = compare(live, applied).filter(({ path }) => !SERVER_FIELDS.some((one) => path === one || path.startsWith(`${one}/`)));
  return fields.length === 0 ? undefined : { object: name, kind: 'changed', fields };
}

/** Others who own fields of an object that we made: a warning, not drift. */
export function foreignManagers(name: string, live: JsonObject): Foreign[] {
  return objectsIn(at(live, '/metadata/managedFields'))
    .filter((one) => !OWN_MANAGERS.test(textAt(one, '/manager')) && one['subresource'] === undefined)
    .map((one) => ({ object: name, manager: textAt(one, '/manager'), time: textAt(one, '/time') }));
}
