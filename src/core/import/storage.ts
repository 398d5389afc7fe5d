import type { JsonObject } from '../json.ts';
import { quantityFrom } from './forms.ts';
import type { Ledger } from './ledger.ts';
import type { Beside, Drafted } from './types.ts';

const STORAGE = '/singleuser/storage';
const OTHERWISE = '10Gi';

/** Where people's files lie. */
export function storagePart(ledger: Ledger, { user }: Beside): Drafted {
  const path = `${STORAGE}/homeMountPath`;
  const mounted = ledger.take(path);
  if (typeof mounted === 'string' && mounted.replace(/\/$/u, '') !== `/home/${user.name}`)
    ledger.tell(path, `homes are at /home/${user.name}, by user: of platform.yaml`);
  return { environment: { home: homeOf(ledger) } };
}

function homeOf(ledger: Ledger): JsonObject {
  const type = ledger.take(`${STORAGE}/type`) ?? 'dynamic';
  const capacity = ledger.take(`${STORAGE}/capacity`);
  const size = quantityFrom(capacity);
  if (capacity !== undefined && size !== undefined) ledger.says(`${STORAGE}/capacity`, 'home.size');
  if (type !== 'dynamic') {
    const files = ledger.take(`${STORAGE}/static`);
    ledger.tell(
      `${STORAGE}/type`,
      files === undefined
        ? 'each person has a home here: home.size is a draft'
        : 'homes lie on one volume, and here each is a claim of its own: copy what people have',
    );
  }
  ofClaims(ledger);
  return { size: size ?? OTHERWISE };
}

function ofClaims(ledger: Ledger): void {
  const path = `${STORAGE}/dynamic/storageClass`;
  if (ledger.take(path) !== undefined)
    ledger.tell(path, 'the cluster’s storage.homes.class says it for all its hubs');
  if (ledger.take(`${STORAGE}/dynamic/pvcNameTemplate`) !== undefined)
    ledger.tell(
      `${STORAGE}/dynamic/pvcNameTemplate`,
      'claims are named by the platform: copy what people have',
    );
  ledger.drop(`${STORAGE}/dynamic`, 'the platform makes the claims of homes');
}
