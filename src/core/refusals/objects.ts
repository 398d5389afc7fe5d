import { fieldRefusals } from './fields.ts';
import { quote, row } from './refusal.ts';
import type { Group, Refusal, RefusalKind, Row } from './refusal.ts';

/** `pods "a"`, `deployments.apps "hub"`. */
const OBJECT = String.raw`(?<![\w.-])(?<resource>[\w-]+)(?:\.[\w.-]+)? "(?<name>[^"]*)"`;
const WHICH = String.raw`(?<![\w.-])(?<resource>[a-z][a-z0-9]*)(?:\.[\w.-]+)?(?: "(?<name>[^"]*)")?`;
const IS_FORBIDDEN = `${WHICH} is forbidden: `;
/** What was sent, as the API server's patches name it. */
const SENT = String.raw`\((?:[^/;)]*\/)?(?<name>[^;]*); [^,]*, Kind=(?<kind>\w+)\)`;

/** `deployments` → `deployment`, for one of them. */
function single(resource: string): string {
  if (resource.endsWith('sses')) return resource.slice(0, -2);
  if (resource.endsWith('ies')) return `${resource.slice(0, -3)}y`;
  return resource.replace(/(?<!endpoint)s$/u, '');
}

/** `deployment hub`, or `pods` where no one is named. */
function objectOf(group: Group): string {
  const [resource, name] = [group('resource'), group('name')];
  return name === '' ? resource : `${single(resource)} ${name}`;
}

function refused(kind: RefusalKind, object: string, text: string, cure: string): Refusal {
  return { kind, object, field: '', text: `${object}: ${text}`, cure };
}

const NEXT = 'then run this again';

function mayNot(group: Group): Refusal {
  const [resource, namespace] = [
    group('asked') + (group('group') && `.${group('group')}`),
    group('namespace'),
  ];
  const where = namespace === '' ? 'in the whole cluster' : `in namespace ${namespace}`;
  const kind = namespace === '' ? 'ClusterRole' : 'Role';
  const name = group('name');
  return {
    kind: 'forbidden',
    object: name === '' ? `${group('asked')} ${where}` : objectOf(group),
    field: '',
    text: `${group('who')} may not ${group('verb')} ${resource} ${where}${name === '' ? '' : ` (${name})`}`,
    cure: `an administrator of the cluster gives it the verb \`${group('verb')}\` on \`${resource}\` in a ${kind} that is bound to it; \`glaciocloud doctor --cluster NAME --kubeconfig FILE\` says what all deployments need`,
  };
}

/** What the API server lets nobody do who may not. */
const RIGHTS: readonly Row[] = [
  row(
    new RegExp(
      `${IS_FORBIDDEN}User "(?<who>[^"]*)" cannot (?<verb>\\w+) resource "(?<asked>[^"]*)" ` +
        `in API group "(?<group>[^"]*)"(?: in the namespace "(?<namespace>[^"]*)"| at the cluster scope)?.*`,
      'gmu',
    ),
    mayNot,
  ),
  row(
    new RegExp(
      `${IS_FORBIDDEN}user "(?<who>[^"]*)".*is attempting to grant RBAC permissions not currently held[^]*`,
      'gmu',
    ),
    (group) =>
      refused(
        'forbidden',
        objectOf(group),
        `it gives rights that ${group('who')} does not have itself, and nobody may give more than that`,
        'an administrator of the cluster gives them to it first: a chart with roles is applied by who has all that its roles give',
      ),
  ),
];

/** Room and rules of a namespace. */
const ROOM: readonly Row[] = [
  row(
    new RegExp(
      `${IS_FORBIDDEN}exceeded quota: (?<quota>[^,]+), requested: (?<asked>.+?), ` +
        'used: (?<used>.+?), limited: (?<limit>.+)',
      'gmu',
    ),
    (group) =>
      refused(
        'quota',
        objectOf(group),
        `quota ${group('quota')} of the namespace has no room: asked ${group('asked')}, used ${group('used')}, limit ${group('limit')}`,
        `make the quota larger: \`kubectl edit resourcequota ${group('quota')}\`, or ask for less; ${NEXT}`,
      ),
  ),
  row(
    new RegExp(`${IS_FORBIDDEN}failed quota: (?<quota>[^:]+): must specify (?<asked>.+)`, 'gmu'),
    (group) =>
      refused(
        'quota',
        objectOf(group),
        `quota ${group('quota')} of the namespace takes only what says ${group('asked')}`,
        'say it in the file of the hub, or take that line out of the quota',
      ),
  ),
  row(
    new RegExp(
      `${IS_FORBIDDEN}(?<rule>(?:maximum|minimum) (?<what>\\S+) usage per .*, but .*)`,
      'gmu',
    ),
    (group) =>
      refused(
        'quota',
        objectOf(group),
        `a LimitRange of the namespace: ${group('rule')}`,
        'ask for what it allows in the file of the hub, or change it: `kubectl get limitrange`',
      ),
  ),
  row(
    new RegExp(
      `${IS_FORBIDDEN}.*namespace (?<namespace>\\S+) because it is being terminated.*`,
      'gmu',
    ),
    (group) =>
      refused(
        'terminating',
        objectOf(group),
        `namespace ${group('namespace')} is being deleted, and takes nothing new`,
        `wait until it is gone: \`kubectl get namespace ${group('namespace')} -o yaml\` says what holds it; ${NEXT}`,
      ),
  ),
  row(
    new RegExp(`${IS_FORBIDDEN}violates PodSecurity "(?<level>[^"]*)": (?<rule>.*)`, 'gmu'),
    (group) =>
      refused(
        'denied',
        objectOf(group),
        `the namespace holds its pods to \`${group('level')}\`, and this one is not so: ${group('rule').slice(0, 300)}`,
        'take out of the file of the hub what asks for it',
      ),
  ),
];

/** Policies of whoever runs the cluster. */
const POLICIES: readonly Row[] = [
  row(
    new RegExp(
      String.raw`(?:(?<![\w.-])(?<resource>[a-z]+)(?:\.[\w.-]+)? "(?<name>[^"]*)" is (?:invalid|forbidden): )?` +
        `[ :]*ValidatingAdmissionPolicy '(?<policy>[^']*)' with binding '[^']*' denied request: (?<rule>.*)`,
      'gmu',
    ),
    (group) => denial(`the policy ${group('policy')}`, objectOf(group), group('rule')),
  ),
  row(/admission webhook "(?<policy>[^"]*)" denied the request(?<rule>[^]*)/gu, (group) =>
    denial(`the webhook ${group('policy')}`, '', group('rule').replace(/^: |^ without.*/u, '')),
  ),
  row(/failed calling webhook "(?<policy>[^"]*)": (?<why>.*)/gu, (group) => ({
    kind: 'webhook',
    object: group('policy'),
    field: '',
    text: `the cluster asks the webhook ${group('policy')} first, which does not answer: ${quote(group('why').replace(/^failed to call webhook: /u, ''), 150)}`,
    cure: `bring it back, or take it away: \`kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations\`; ${NEXT}`,
  })),
  row(new RegExp(`${IS_FORBIDDEN}(?<rule>.*)`, 'gmu'), (group) =>
    denial('the cluster', objectOf(group), group('rule')),
  ),
];

function denial(who: string, object: string, rule: string): Refusal {
  const why = rule.trim() === '' ? 'it does not say why' : quote(rule);
  const text = `${who} does not allow it: ${why}`;
  return {
    kind: 'denied',
    object,
    field: '',
    text: object === '' ? text : `${object}: ${text}`,
    cure: 'do as it says, or ask who runs the cluster',
  };
}

/** What is there, and what is not. */
const THERE: readonly Row[] = [
  row(
    /Operation cannot be fulfilled on (?<resource>[\w-]+)(?:\.[\w.-]+)? "(?<name>[^"]*)"|the object has been modified/gu,
    (group) =>
      refused(
        'conflict',
        group('name') === '' ? 'the object' : objectOf(group),
        'somebody else changed it at the same moment',
        'run this again',
      ),
  ),
  row(new RegExp(`${OBJECT} already exists`, 'gmu'), (group) =>
    refused(
      'exists',
      objectOf(group),
      'it is there already',
      'look whose it is, and run this again',
    ),
  ),
  row(/namespaces "(?<name>[^"]*)" not found/gu, (group) =>
    refused(
      'not-found',
      `namespace ${group('name')}`,
      'it is not there',
      'somebody has deleted it: the next deployment makes it anew',
    ),
  ),
  row(new RegExp(`${OBJECT} not found`, 'gmu'), (group) =>
    refused('not-found', objectOf(group), 'it is not there', 'see whether somebody has deleted it'),
  ),
  row(/the server doesn't have a resource type "(?<kind>[^"]*)"/gu, (group) =>
    unknownKind(group('kind'), ''),
  ),
  row(
    /no matches for kind "(?<kind>[^"]*)" in version "(?<version>[^"]*)".*(?:\nensure CRDs are installed first)?/gu,
    (group) => unknownKind(group('kind'), group('version')),
  ),
  row(/\((?:AlreadyExists|Conflict)\)/gu, () =>
    refused('conflict', 'the object', 'somebody else was there first', 'run this again'),
  ),
];

function unknownKind(kind: string, version: string): Refusal {
  const which = version === '' ? kind : `${kind} of ${version}`;
  return {
    kind: 'unknown-kind',
    object: kind,
    field: '',
    text: `the cluster knows no objects of kind ${which}`,
    cure: 'install what brings them (an operator with its CRDs), or take the object out; an old API version may be gone from this version of Kubernetes',
  };
}

/** A field that another program has set too. */
const OWNERS: readonly Row[] = [
  row(
    new RegExp(
      String.raw`(?:applying object (?:\S+\/)?(?<name>\S+) \S+, Kind=(?<kind>\w+): )?` +
        String.raw`Apply failed with \d+ conflicts?: conflicts? with "(?<manager>[^"]*)"[^:\n]*:` +
        String.raw`(?<fields>.*(?:\n- .*)*)`,
      'gu',
    ),
    (group) => {
      const fields = [...group('fields').matchAll(/\.[^\s,]+(?:"[^"]*"[^\s,]*)?/gu)].map(([one]) =>
        one.slice(1),
      );
      const object = group('name') === '' ? '' : `${group('kind')} ${group('name')}`;
      return {
        kind: 'owned',
        object,
        field: fields.slice(0, 3).join(', '),
        text: `${object === '' ? '' : `${object}: `}${fields.join(', ')} belongs to ${group('manager')}, which set it to something else`,
        cure: `see what ${group('manager')} does, and undo it or put it into the files`,
      };
    },
  ),
];

/** A Deployment that would not be one. */
const INVALID: readonly Row[] = [
  {
    says: /(?<![\w.-])(?<kind>[A-Za-z]+)(?:\.[\w.-]+)? "(?<name>[^"\n]*)" is invalid: (?<rest>.*(?:\n\* .*)*)/gu,
    means: (group) => fieldRefusals(`${group('kind')} ${group('name')}`, group('rest')),
  },
  {
    says: new RegExp(
      String.raw`failed to create typed patch object ${SENT}: (?<rest>.*(?:\n +\..*)*)`,
      'gu',
    ),
    means: (group) =>
      fieldRefusals(`${group('kind')} ${group('name')}`, group('rest').replace(/^errors:/u, '')),
  },
  {
    says: new RegExp(
      String.raw`failed to convert new object ${SENT}(?:.*: )?(?<rest>[^:\n]*)$`,
      'gmu',
    ),
    means: (group) => fieldRefusals(`${group('kind')} ${group('name')}`, group('rest')),
  },
];

export const OBJECTS: readonly Row[] = [
  ...RIGHTS,
  ...ROOM,
  ...POLICIES.slice(0, 1),
  ...INVALID,
  ...OWNERS,
  ...POLICIES.slice(1),
  ...THERE,
];
