import {
  eventImage,
  eventOverlap,
  eventPast,
  eventSpawnRate,
  eventTime,
  eventUsers,
} from './events.ts';
import {
  address,
  capacityFits,
  loginSecrets,
  notYet,
  oneDefault,
  shortIdle,
  sizeFitsNode,
  smallHome,
} from './hub.ts';
import {
  belowHome,
  imageFiles,
  imageSource,
  imageUnbuilt,
  imageUnlocked,
  lockChannel,
  mutableTag,
} from './images.ts';
import { modelMemory, multiprocessing, sharedCache, slurmCpus } from './model.ts';
import { addressTaken, duplicate, slugTaken, unitName } from './names.ts';
import { databaseKept, ownNamespace, podSafe, userPodSafe } from './pods.ts';
import { RAW_VALUE_RULES } from './raw-values.ts';
import { unknownReference } from './references.ts';
import { archiveEndpoint, archivePlace, removalSound } from './removals.ts';
import type { Rule } from './types.ts';
import { VALUE_RULES } from './values.ts';
import { cohortSize, memberFile, noAdmins, openToAll, unknownGroup } from './who.ts';

/** Every rule. One object each; `docs/reference/rules.md` is made from this list. */
export const RULES: readonly Rule[] = [
  unknownReference,
  duplicate,
  unitName,
  slugTaken,
  addressTaken,
  removalSound,
  archivePlace,
  archiveEndpoint,
  unknownGroup,
  openToAll,
  noAdmins,
  memberFile,
  cohortSize,
  imageSource,
  mutableTag,
  imageUnlocked,
  imageUnbuilt,
  lockChannel,
  imageFiles,
  belowHome,
  address,
  oneDefault,
  sizeFitsNode,
  capacityFits,
  smallHome,
  shortIdle,
  loginSecrets,
  notYet,
  eventTime,
  eventUsers,
  eventSpawnRate,
  eventOverlap,
  eventPast,
  eventImage,
  multiprocessing,
  slurmCpus,
  sharedCache,
  modelMemory,
  ...VALUE_RULES,
  ...RAW_VALUE_RULES,
  userPodSafe,
  podSafe,
  ownNamespace,
  databaseKept,
];
