import {
  eventImage,
  eventOverlap,
  eventPast,
  eventSpawnRate,
  eventTime,
  eventUsers,
} from '../hub/rules/events.ts';
import {
  address,
  capacityFits,
  loginSecrets,
  oneDefault,
  busyWarn,
  shortIdle,
  sizeFitsNode,
} from '../hub/rules/environment.ts';
import {
  belowHome,
  imageFiles,
  imageSource,
  imageUnbuilt,
  imageUnlocked,
  imageUnpromoted,
  mutableTag,
} from '../images/rules.ts';
import { imageAdditions } from '../images/additions.ts';
import { imageRhythm } from '../images/rebuild-rules.ts';
import { lockChannel, lockRegistry } from '../images/lock-rules.ts';
import { lockEdited } from './locks.ts';
import { notYet } from '../hub/rules/not-yet.ts';
import { valuesClosed } from '../hub/rules/closed.ts';
import { extraConfig } from '../hub/rules/extra-config.ts';
import { valuesReserved } from '../hub/rules/reserved.ts';
import { valuesOverridden } from '../hub/rules/overridden.ts';
import {
  modelMemory,
  multiprocessing,
  sharedCache,
  slurmCpus,
  workdirScratch,
} from '../hub/rules/oggm.ts';
import {
  envLiteral,
  envOfImages,
  envOverridden,
  envProxy,
  envReserved,
  imageEnv,
  imageEnvLiteral,
} from '../hub/rules/variables.ts';
import { addressTaken, duplicate, slugTaken, unitName } from './names.ts';
import {
  databaseKept,
  namespacePrivileged,
  ownNamespace,
  podSafe,
  userPodSafe,
} from '../hub/rules/pods.ts';
import { eventMemory, guarantee, poolLabels, spotServers } from '../hub/rules/pools.ts';
import { homeForm, smallHome } from '../hub/rules/home.ts';
import { mountPlace, shmSize } from '../hub/rules/mounts.ts';
import { objectKind } from '../hub/rules/objects.ts';
import { braces } from '../hub/rules/braces.ts';
import { baseUrl, entry, hubCommand, loginElsewhere, noIssuer } from '../hub/rules/reach.ts';
import { RAW_VALUE_RULES } from '../hub/rules/raw-values.ts';
import { ownHome, ownPlaces } from '../hub/rules/places.ts';
import { secretOfHub } from '../hub/rules/secrets.ts';
import { certificateUse, secretUse } from '../hub/rules/supplied.ts';
import { roleScopes, userSharing } from '../hub/rules/roles.ts';
import { announcementPast, announcementTime } from '../notices/rules.ts';
import { dataConflict } from '../data/conflicts.ts';
import { dataAddress, dataRoom, dataUnlocked } from '../data/rules.ts';
import { dataPlace, dataVolumeRoom, dataWait } from '../data/volume-rules.ts';
import { unknownReference } from './references.ts';
import { archiveEndpoint, archivePlace, removalSound } from '../removal/rules.ts';
import { chartRepository } from '../charts/rules.ts';
import { noApprovers, staleForm } from '../access/request/form-rule.ts';
import type { Rule } from '../rule.ts';
import { VALUE_RULES } from '../hub/rules/values.ts';
import {
  accessDays,
  classServers,
  cohortSize,
  memberFile,
  noAdmins,
  openToAll,
  staffName,
  tierTime,
  unknownGroup,
} from '../access/rules.ts';

/** Every rule. One object each; `docs/reference/rules.md` is made from this list. */
export const RULES: readonly Rule[] = [
  unknownReference,
  chartRepository,
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
  staffName,
  memberFile,
  cohortSize,
  classServers,
  accessDays,
  tierTime,
  staleForm,
  noApprovers,
  announcementTime,
  imageSource,
  mutableTag,
  imageUnlocked,
  imageAdditions,
  imageUnbuilt,
  imageUnpromoted,
  imageRhythm,
  lockEdited,
  lockChannel,
  lockRegistry,
  imageFiles,
  dataAddress,
  dataConflict,
  dataUnlocked,
  dataRoom,
  dataPlace,
  dataVolumeRoom,
  dataWait,
  belowHome,
  address,
  oneDefault,
  sizeFitsNode,
  capacityFits,
  poolLabels,
  spotServers,
  guarantee,
  eventMemory,
  smallHome,
  homeForm,
  mountPlace,
  shmSize,
  shortIdle,
  busyWarn,
  loginSecrets,
  secretUse,
  certificateUse,
  notYet,
  eventTime,
  eventUsers,
  eventSpawnRate,
  eventOverlap,
  eventPast,
  announcementPast,
  eventImage,
  multiprocessing,
  slurmCpus,
  sharedCache,
  workdirScratch,
  modelMemory,
  ...VALUE_RULES,
  ...RAW_VALUE_RULES,
  baseUrl,
  hubCommand,
  noIssuer,
  loginElsewhere,
  entry,
  ownPlaces,
  ownHome,
  userSharing,
  roleScopes,
  braces,
  extraConfig,
  valuesOverridden,
  valuesReserved,
  valuesClosed,
  secretOfHub,
  envReserved,
  envLiteral,
  envOfImages,
  envProxy,
  envOverridden,
  imageEnv,
  imageEnvLiteral,
  userPodSafe,
  namespacePrivileged,
  podSafe,
  objectKind,
  ownNamespace,
  databaseKept,
];
