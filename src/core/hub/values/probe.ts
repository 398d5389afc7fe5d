import { MACHINES } from '../../access/door.ts';
import { seconds, slug } from '../../model/quantities.ts';
import { machineScopes } from './hub.ts';
import type { HubContext, Part } from './part.ts';
import { usualOffer } from '../../model/offers.ts';
import { defaultSize } from '../../model/sizes.ts';

/** Name of the probe's service in the hub, and of its objects. */
export const PROBE = 'glaciocloud-probe';

const USERS = MACHINES.filter((name) => name.startsWith('probe_'));

/** The probe's own namespace: it reads no Secret of the hub. No hub may have a name like it. */
export function probeNamespace(hub: string): string {
  return `${hub}-probe`;
}

/** What a probe does is not the field's alone: images and sizes have a part in it. */
const ORIGINS = {
  from: { [`/hub/services/${PROBE}`]: '/probe', [`/hub/loadRoles/${PROBE}`]: '/probe' },
  ownFrom: {
    '/probe': '/probe',
    '/probe/settings': '/probe',
    '/probe/settings/hub': '',
    '/probe/settings/job': '',
  },
} as const;

/** What watches a hub from inside the cluster, if it asks: charts/oggm-hub/files/probe.py. */
export function probePart({ hub, images }: HubContext): Part {
  const { probe: wanted, sizes } = hub.data;
  const first = usualOffer(images);
  if (!wanted || !first) return ORIGINS;
  const { name, file } = first;
  const check = {
    user: USERS[0] ?? '',
    profile: slug(name),
    size: defaultSize(sizes),
    image: name,
    oggm: file.oggm !== undefined,
    version: file.oggm?.version ?? null,
    smoke: false,
    starts: 1,
  };
  return {
    jupyterhub: {
      hub: {
        services: { [PROBE]: { display: false } },
        loadRoles: { [PROBE]: { services: [PROBE], scopes: machineScopes(USERS) } },
      },
    },
    glaciocloud: {
      probe: {
        namespace: probeNamespace(hub.name),
        settings: {
          hub: hub.name,
          api: seconds(wanted.api),
          spawn: seconds(wanted.spawn),
          onlyWhenWarm: wanted.onlyWhenWarm,
          job: {
            hub: `http://hub.${hub.name}.svc:8081`,
            proxy: `http://proxy-public.${hub.name}.svc`,
            checks: [check],
          },
        },
      },
    },
    ...ORIGINS,
  };
}
