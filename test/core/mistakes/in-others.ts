import type { Mistake } from './in-hubs.ts';

const platform: readonly Mistake[] = [
  [
    'the version is missing',
    'glaciocloud: 1\n',
    '',
    'organization: → missing-key: has no "glaciocloud" | add',
  ],
  [
    'the version as text',
    'glaciocloud: 1',
    'glaciocloud: "1"',
    'glaciocloud: → schema: "1" is not | write 1',
  ],
  [
    'another version',
    'glaciocloud: 1',
    'glaciocloud: 2',
    'glaciocloud: → schema: 2 is not | write 1',
  ],
  [
    'an organisation with its address',
    'organization: OGGM',
    'organization: https://github.com/OGGM',
    'organization: → schema: right form | like "example"',
  ],
  [
    'a registry with a scheme',
    'registry: ghcr.io/oggm',
    'registry: https://ghcr.io/oggm',
    'registry: → schema: right form | ghcr.io/example',
  ],
  [
    'a registry in capital letters',
    'registry: ghcr.io/oggm',
    'registry: ghcr.io/OGGM',
    'registry: → schema: right form | ghcr.io/example',
  ],
  [
    'a version of a chart that is a number',
    'version: 4.4.0',
    'version: 4.4',
    'jupyterhub: → schema: 4.4 stands where text belongs | in quotes',
  ],
  [
    'a version with a v',
    'version: 4.4.0',
    'version: v4.4.0',
    'jupyterhub: → schema: "v4.4.0" | version',
  ],
  [
    'half a SHA-256',
    'https://hub.jupyter.org/helm-chart/, sha256: null',
    'https://hub.jupyter.org/helm-chart/, sha256: abc123',
    'jupyterhub: → digest: "abc123" | 64 hex digits',
  ],
  [
    'a brace of a wave is missing',
    '  - {name: staging, images: candidate}',
    '  - {name: staging, images: candidate',
    'staging → yaml: "{" is opened | write "}"',
  ],
  [
    'a bracket deep inside is missing',
    'days: [sat, sun], reason',
    'days: [sat, sun, reason',
    'freeze: → yaml: "[" is opened | write "]"',
  ],
  [
    'a comma is missing',
    'name: production,\n',
    'name: production\n',
    'name: production → yaml: a comma is missing | write ","',
  ],
  [
    'a day in another language',
    '[sat, sun]',
    '[sam, sun]',
    'freeze: → schema: "sam" is not one | did you mean "sat"?',
  ],
  ['a duration without a unit', 'soak: 30m', 'soak: 30', 'soak: → duration: 30 is not | 30m'],
  [
    'yes for true',
    'approval: true',
    'approval: yes',
    'approval: → schema: "yes" stands | write true',
  ],
  [
    'a wave twice',
    '  - {name: staging, images: candidate}',
    '  - {name: staging, images: candidate}\n  - {name: staging}',
    'name: staging} → duplicate: stands twice | keep one',
  ],
  [
    'images that are neither',
    'images: candidate}',
    'images: candidates}',
    'staging → schema: "candidates" | did you mean "candidate"?',
  ],
  [
    'a tier without its time',
    'student: {until: 120d}',
    'student: {}',
    'tiers: → missing-key: "student" has no "until" | add',
  ],
  [
    'a tier until a day',
    'student: {until: 120d}',
    'student: {until: 2027-02-01}',
    'tiers: → duration: "2027-02-01" | 30m or 24h',
  ],
  [
    'a removal of a hub that is there',
    'removals: []',
    'removals: [{hub: hub, cluster: bremen, reason: over}]',
    'removals: → removal: still there | remove',
  ],
  [
    'a removal from a cluster that is not there',
    'removals: []',
    'removals: [{hub: old, cluster: bremn, reason: over}]',
    'removals: → unknown-reference: clusters/bremn.yaml | did you mean "bremen"?',
  ],
  [
    'a removal without a reason',
    'removals: []',
    'removals: [{hub: old, cluster: bremen}]',
    'removals: → missing-key: "0" has no "reason" | add',
  ],
];

const cluster: readonly Mistake[] = [
  [
    'three keys are missing',
    'title: Bremen, one machine\nprovider: k3s\nkubernetes: "1.35"\n',
    '',
    'identity: → missing-key: "kubernetes" | add',
    'identity: → missing-key: "provider" | add',
    'identity: → missing-key: "title" | add',
  ],
  [
    'a version that is a number',
    'kubernetes: "1.35"',
    'kubernetes: 1.35',
    'kubernetes: → schema: 1.35 stands where text belongs | in quotes',
  ],
  [
    'a version that is another number',
    'kubernetes: "1.35"',
    'kubernetes: 1.30',
    'kubernetes: → yaml: 1.30 would be read as the number 1.3 | write "1.30" in quotes',
  ],
  [
    'a version with its patch',
    'kubernetes: "1.35"',
    'kubernetes: "1.35.2"',
    'kubernetes: → schema: right form | like "1.35"',
  ],
  [
    'a provider that is none',
    'provider: k3s',
    'provider: k8s',
    'provider: → schema: "k8s" is not one | did you mean "k3s"?',
  ],
  [
    'text after a quote',
    'kubernetes: "1.35"',
    'kubernetes: "1.35" or later',
    'kubernetes: → yaml: more text | quotes',
  ],
  [
    'an identity that is none',
    'identity: null',
    'identity: bremen',
    'identity: → schema: right form | UID',
  ],
  [
    'homes without braces',
    'homes: {class: local-path}',
    'homes: class: local-path',
    'homes: → yaml: colon | quotes',
  ],
  [
    'homes without a class',
    'homes: {class: local-path}',
    'homes: local-path',
    'homes: → schema: where a mapping belongs | key: value',
  ],
  [
    'cores as Kubernetes writes them',
    'cpu: 8',
    'cpu: 8000m',
    'user: → cpu-number: "8000m" | write 8',
  ],
  [
    'memory of a node without a unit',
    'memory: 96Gi',
    'memory: 96',
    'user: → quantity: 96 is not | such as 96Gi',
  ],
  ['a time without a unit', 'startTime: 0s', 'startTime: 0', 'user: → duration: 0 is not | 30m'],
  [
    'a policy that is no choice',
    'networkPolicy: enforced',
    'networkPolicy: true',
    'networkPolicy: → schema: true is not one | choose "enforced"',
  ],
  [
    'a list at two levels',
    'parallel: 2',
    'parallel: [2]',
    'parallel: → schema: whole number | write',
  ],
];

const image: readonly Mistake[] = [
  [
    'a tag in the name',
    'image: ghcr.io/oggm/r2d, tag: v1.6.3',
    'image: "ghcr.io/oggm/r2d:v1.6.3"',
    'from: → image-reference: is not an image address | keys of their own',
  ],
  [
    'two tags',
    'tag: v1.6.3',
    'tag: v1.6.3, track: latest',
    'from: → image-source: exclude each other | write one of',
  ],
  [
    'a tag that is a number',
    'tag: v1.6.3',
    'tag: 1.60',
    'from: → yaml: 1.60 would be read | "1.60" in quotes',
  ],
  [
    'a version that is a number',
    'oggm: {version: 1.6.3}',
    'oggm: {version: 1.6}',
    'oggm: → schema: 1.6 stands where text belongs | in quotes',
  ],
  [
    'something baked that is not there',
    '[sample-data, salem]',
    '[sample data, salem]',
    'bake: → schema: "sample data" | did you mean "sample-data"?',
  ],
  [
    'packages in one text',
    'bake: [',
    'pip: numpy scipy\nbake: [',
    'pip: → schema: where a list belongs | "- "',
  ],
  [
    'packages in one entry',
    'bake: [',
    'pip: [numpy scipy]\nbake: [',
    'pip: → package-name: "numpy scipy" | each as an entry',
  ],
  [
    'an option for a package',
    'bake: [',
    'pip: ["-r requirements.txt"]\nbake: [',
    'pip: → package-name: "-r requirements.txt" | write',
  ],
  [
    'a list with one space less',
    'bake: [sample-data, salem]',
    'bake:\n  - sample-data\n - salem',
    '- salem → yaml: fits nothing | indent',
  ],
  [
    'a channel with an address',
    'bake: [',
    'channels: [https://conda.anaconda.org/x]\nbake: [',
    'channels: → channel: is not a channel | its name',
  ],
  [
    'a number for a variable',
    'bake: [',
    'env: {THREADS: 4}\nbake: [',
    'env: → env-value: 4 cannot | in quotes',
  ],
  [
    'Python as a number',
    'bake: [',
    'python: 3.13\nbake: [',
    'python: → schema: 3.13 stands where text belongs | in quotes',
  ],
  [
    'a variable with a hyphen',
    'bake: [',
    'env: {MY-VAR: "4"}\nbake: [',
    'env: → name: "MY-VAR" | underscores',
  ],
];

const data: readonly Mistake[] = [
  [
    'regions without quotes',
    '["01", "06", "11"]',
    '[01, 06, 11]',
    'regions: → yaml: 01 would be read | "01" in quotes',
    'regions: → yaml: 06 would be read | "06" in quotes',
    'regions: → schema: 11 stands where text belongs | "11" in quotes',
  ],
  [
    'no commas',
    '["01", "06", "11"]',
    '["01" "06", "11"]',
    'regions: → yaml: comma is missing | ","',
  ],
  ['a level as text', 'level: 3', 'level: L3', 'level: → schema: whole number | write'],
  ['a level too high', 'level: 3', 'level: 6', 'level: → schema: 6 must be | level'],
  ['a border that is none', 'border: 80', 'border: 40', 'border: → schema: 40 is not one | 80'],
  [
    'the inventory as a number',
    'rgi: "62"',
    'rgi: 62',
    'rgi: → schema: 62 is not one | write "62" in quotes',
  ],
  ['a size without a unit', 'size: 12Gi', 'size: 12', 'size: → quantity: 12 is not | 12Gi'],
  [
    'a key on the level of its mapping',
    '  level: 3',
    'level: 3',
    'level: → yaml: fits nothing | indent it by 2 spaces',
  ],
];

const member: readonly Mistake[] = [
  ['a login for an id', 'id: 583231', 'id: octocat', 'id: → github-id: "octocat" | numeric id'],
  ['an id as text', 'id: 583231', 'id: "583231"', 'id: → github-id: "583231" | numeric id'],
  ['somebody else’s id', 'id: 583231', 'id: 583232', 'id: → member-file: holds id 583232 | rename'],
  [
    'a tier that is not there',
    'tier: researcher',
    'tier: Researcher',
    'tier: → name: "Researcher" | write researcher',
  ],
  [
    'a misspelt tier',
    'tier: researcher',
    'tier: reseacher',
    'tier: → unknown-group: "reseacher" | did you mean "researcher"?',
  ],
  [
    'a day as in Europe',
    'until: 2027-02-01',
    'until: 01.02.2027',
    'until: → time: "01.02.2027" | 2027-02-01',
  ],
  [
    'a day as in America',
    'until: 2027-02-01',
    'until: 02/01/2027',
    'until: → time: "02/01/2027" | the year, the month, the day',
  ],
  [
    'a day that does not exist',
    'until: 2027-02-01',
    'until: 2027-02-30',
    'until: → access-days: day of the calendar | exists',
  ],
  [
    'a day without zeros',
    'until: 2027-02-01',
    'until: 2027-2-1',
    'until: → time: "2027-2-1" | 2027-02-01',
  ],
  [
    'the end before the beginning',
    'until: 2027-02-01',
    'until: 2026-10-01',
    'until: → access-days: before it begins | change from or until',
  ],
  [
    'longer than the tier allows',
    'until: 2027-02-01',
    'until: 2028-02-01',
    'until: → tier-time: later than the tier | or sooner',
  ],
  ['no end', 'until: 2027-02-01\n', '', 'id: → missing-key: has no "until" | add "until:"'],
];

const cohort: readonly Mistake[] = [
  [
    'a lead by login',
    'leads: [583231]',
    'leads: [octocat]',
    'leads: → github-id: "octocat" | numeric id',
  ],
  [
    'a lead for a list',
    'leads: [583231]',
    'leads: 583231',
    'leads: → schema: where a list belongs | "- "',
  ],
  [
    'nobody who leads',
    'leads: [583231]',
    'leads: []',
    'leads: → schema: fewer than 1 | answers for',
  ],
  [
    'a member twice',
    '[1024025, 9919]',
    '[1024025, 1024025]',
    'members: → schema: duplicate | Members by numeric id',
  ],
  [
    'more members than places',
    'capacity: 20',
    'capacity: 1',
    'capacity: → cohort-size: 2 members | raise',
  ],
  [
    'a title with a colon',
    'title: Glaciers of the Alps',
    'title: Glaciers: of the Alps',
    'title: → yaml: colon | quotes',
  ],
  [
    'a tier that is not there',
    'tier: student',
    'tier: students',
    'tier: → unknown-group: "students" | did you mean "student"?',
  ],
];

const approvers: readonly Mistake[] = [
  [
    'logins for people',
    'approvers:\n  - id: 583231\n    login: octocat',
    'approvers: [octocat]',
    'approvers: → schema: where a mapping belongs | key: value',
  ],
  [
    'nobody',
    'approvers:\n  - id: 583231\n    login: octocat',
    'approvers: []',
    'approvers: → schema: fewer than 1 | People',
  ],
  [
    'a team as on GitHub',
    '[team:OGGM/hub-admins]',
    '["@OGGM/hub-admins"]',
    'teams: → who: "@OGGM/hub-admins" | team:OGGM/hub-admins',
  ],
  [
    'a list without dashes',
    '  - id: 583231\n    login',
    '    id: 583231\n    login',
    'id: → schema: where a list belongs | "- "',
  ],
];

const removals: readonly Mistake[] = [
  ['no number', '    count: 12\n', '', 'from: → missing-key: "count" | add "count:"'],
  ['a number in words', 'count: 12', 'count: a dozen', 'count: → schema: whole number | write'],
  [
    'somebody protected by login',
    '[583231]',
    '[octocat]',
    'protected: → github-id: "octocat" | numeric id',
  ],
  [
    'a key of the list that is not indented',
    '    reason: the',
    '   reason: the',
    'reason: → yaml: fits nothing | indent it by 4 spaces',
  ],
];

const announcement: readonly Mistake[] = [
  [
    'a hub that is not there',
    'hubs: [hub]',
    'hubs: [hubb]',
    'hubs: → unknown-reference: environments/hubb.yaml | did you mean "hub"?',
  ],
  [
    'a severity that is none',
    'severity: warning',
    'severity: warn',
    'severity: → schema: "warn" is not one | choose "info"',
  ],
  ['no end', 'until: 2026-12-01\n', '', 'hubs: → missing-key: "until" | add'],
  [
    'the end before the beginning',
    'until: 2026-12-01',
    'until: 2026-11-01',
    'until: → announcement-time: before it begins | change',
  ],
  [
    'a moment without its zone',
    'until: 2026-12-01',
    'until: 2026-12-01 18:00',
    'until: → time: "2026-12-01 18:00" | 2026-12-01T18:00Z',
  ],
  [
    'nothing to read',
    '---\nThe hub moves on 1 December.\n',
    '---\n',
    'hubs: → missing-key: "text" | below the second line',
  ],
  [
    'a second line --- is missing',
    '2026-12-01\n---\n',
    '2026-12-01\n',
    '--- → yaml: no second line | write "---"',
  ],
  [
    'a conflict in the text',
    'The hub moves on 1 December.',
    '<<<<<<< HEAD\nIt moves.\n=======\nIt stays.\n>>>>>>> b',
    '<<<<<<< → yaml: a merge was not finished | keep one',
  ],
];

export const IN_OTHERS: Readonly<Record<string, readonly Mistake[]>> = {
  'platform.yaml': platform,
  'clusters/bremen.yaml': cluster,
  'images/oggm-1.6.3/image.yaml': image,
  'data/tutorials.yaml': data,
  'access/members/583231.yaml': member,
  'access/cohorts/alps.yaml': cohort,
  'access/approvers.yaml': approvers,
  'access/removals.yaml': removals,
  'announcements/move.md': announcement,
};
