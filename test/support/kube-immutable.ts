import { at, canonical, textAt } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { quantityBytes } from '../../src/core/model/quantities.ts';

/* Which fields the API server of the double takes once and never changes. `cluster-calls.ts` holds it to a real one. */

const ONCE: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['/spec/selector'],
  StatefulSet: ['/spec/selector', '/spec/serviceName'],
  DaemonSet: ['/spec/selector'],
  Job: ['/spec/template'],
  RoleBinding: ['/roleRef'],
  PersistentVolumeClaim: ['/spec/accessModes', '/spec/storageClassName'],
};

/** Why an object cannot become what it is to be; undefined where it can. */
export function unchangeable(before: JsonObject, after: JsonObject): string | undefined {
  const kind = textAt(after, '/kind');
  const changes = (path: string): boolean =>
    canonical(at(before, path) ?? null) !== canonical(at(after, path) ?? null);
  if (before['immutable'] === true && ['/immutable', '/data'].some(changes))
    return 'data: Forbidden: field is immutable when `immutable` is set';
  const changed = ONCE[kind]?.find(changes);
  if (changed !== undefined) return `${changed}: Invalid value: field is immutable`;
  const storage = '/spec/resources/requests/storage';
  const bytes = (one: JsonObject): number => quantityBytes(textAt(one, storage)) ?? 0;
  if (kind === 'PersistentVolumeClaim' && bytes(after) < bytes(before))
    return 'spec.resources.requests.storage: Forbidden: field can not be less than status.capacity';
  return undefined;
}
