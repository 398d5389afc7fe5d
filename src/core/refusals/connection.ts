import { quote, row } from './refusal.ts';
import type { Refusal, RefusalKind, Row } from './refusal.ts';

const AGAIN = 'then run this again';
const REACH = `see that it is up, that this machine reaches it, and that the kubeconfig names it; ${AGAIN}`;
const LOGIN = `log in again, or get the kubeconfig anew; ${AGAIN}`;

function about(kind: RefusalKind, text: string, cure: string, object = ''): Refusal {
  return { kind, object, field: '', text, cure };
}

const unreachable = (why: string, cure = REACH): Refusal =>
  about('unreachable', `no connection to the cluster: ${why}`, cure);

/** A helper is asked several times, and says the same each time. */
function helperFailed(program: string, code: string, words: string): Refusal {
  const lines = [...new Set(words.split('\n').filter((line) => line.trim() !== ''))];
  const says = lines.length === 0 ? '' : ` and says ${quote(lines.join(' '), 200)}`;
  return about(
    'login',
    `${program}, with which the kubeconfig logs in, ended with code ${code}${says}`,
    `log in with ${program} again; ${AGAIN}`,
    program,
  );
}

/** Settings and logins, before anything is asked. */
const LOGINS: readonly Row[] = [
  row(
    /^(?<words>(?:(?!error:|Error: ).*\n)*).*getting credentials: exec: executable (?<program>\S+) not found[^]*/gmu,
    (group) =>
      about(
        'settings',
        `the kubeconfig logs in with ${group('program')}, which is not on this machine`,
        `install ${group('program')}, or use a kubeconfig with a token; ${AGAIN}`,
        group('program'),
      ),
  ),
  row(
    /^(?<words>(?:(?!error:|Error: ).*\n)*).*getting credentials: exec: executable (?<program>\S+) failed with exit code (?<code>\d+)/gmu,
    (group) => helperFailed(group('program'), group('code'), group('words')),
  ),
  row(/getting credentials: (?:exec: )?(?<why>.*)/gu, () =>
    about(
      'login',
      'the program with which the kubeconfig logs in gave no credentials that kubectl can read',
      `see what the \`exec:\` of the kubeconfig prints; ${AGAIN}`,
    ),
  ),
  row(/(?:Unauthorized|asked for the client to provide credentials|token .*expired)/giu, () =>
    about('login', 'the cluster refuses the credentials of the kubeconfig (Unauthorized)', LOGIN),
  ),
  row(/context was not found for specified context: (?<context>\S+)/gu, (group) =>
    about(
      'settings',
      `the kubeconfig has no context ${group('context')}`,
      `correct its \`current-context\`; ${AGAIN}`,
      group('context'),
    ),
  ),
  row(/error: stat (?<file>.*): no such file or directory/gu, (group) =>
    about(
      'settings',
      `there is no file ${group('file')}`,
      `correct --kubeconfig; ${AGAIN}`,
      group('file'),
    ),
  ),
  row(/error loading config file "(?<file>[^"]*)"/gu, (group) =>
    about(
      'settings',
      `the kubeconfig ${group('file')} cannot be read`,
      `correct it: \`kubectl config view --kubeconfig FILE\` says where; ${AGAIN}`,
      group('file'),
    ),
  ),
];

const CERTIFICATES: readonly Row[] = [
  row(/x509: certificate is valid for (?<names>.*), not (?<name>[^\s"]+)/gu, (group) =>
    about(
      'certificate',
      `the cluster's certificate is not for ${group('name')}, but for ${group('names')}`,
      'correct `server` or `tls-server-name` in the kubeconfig, or see whether something stands between',
      group('name'),
    ),
  ),
  row(/x509: certificate has expired or is not yet valid/gu, () =>
    about(
      'certificate',
      "the cluster's certificate has expired, or the clock of this machine is wrong",
      'renew it, or set the clock right',
    ),
  ),
  row(/x509: certificate signed by unknown authority/gu, () =>
    about(
      'certificate',
      "the cluster's certificate was not made by the authority that the kubeconfig names",
      'get the kubeconfig anew, and see whether something stands between: `certificate-authority-data` belongs to the cluster',
    ),
  ),
  row(/(?:x509|tls): (?<why>.+)/gu, (group) =>
    about(
      'certificate',
      `the cluster cannot be spoken to safely: ${quote(group('why'), 150)}`,
      `see whether something stands between; ${AGAIN}`,
    ),
  ),
];

const PLAIN = 'correct `server` in the kubeconfig: it begins with https://';

/** Nobody answers: not what the API server says of others, such as a webhook. */
const SILENCE: readonly Row[] = [
  row(/lookup (?<host>\S+?)(?: on \S+)?: no such host/gu, (group) =>
    unreachable(`DNS knows no ${group('host')}`),
  ),
  row(/connection to the server (?<host>\S+) was refused - did you specify/gu, (group) =>
    unreachable(`${group('host')} refuses it`),
  ),
  row(/dial tcp (?<host>\S+): connect: connection refused/gu, (group) =>
    unreachable(`${group('host')} refuses it`),
  ),
  row(
    /dial tcp (?<host>\S+): (?:i\/o timeout|connect: (?<why>no route to host|network is unreachable))/gu,
    (group) =>
      unreachable(`${group('host')}: ${group('why') === '' ? 'no answer in time' : group('why')}`),
  ),
  row(
    /(?:i\/o timeout|TLS handshake timeout|Client\.Timeout exceeded|no route to host|network is unreachable)/gu,
    () => unreachable('no answer in time'),
  ),
  row(/server gave HTTP response to HTTPS client/gu, () =>
    unreachable('it speaks http without encryption at this address', PLAIN),
  ),
  row(/(?:an HTTP request to an HTTPS server|rejected our request for an unknown reason)/gu, () =>
    unreachable('it does not take the request at this address', PLAIN),
  ),
  row(/was refused|connection refused/gu, () => unreachable('it is refused')),
];

/** The API server speaks for somebody whom it does not reach itself. */
const BEYOND: readonly Row[] = [
  row(
    /(?:Error from server|error on the server).*(?:dial tcp|dialing backend|i\/o timeout|connection refused)/gu,
    () =>
      about(
        'unavailable',
        'the cluster answers, and does not reach one of its own nodes or services',
        `see \`kubectl get nodes\`; ${AGAIN}`,
      ),
  ),
];

/** The cluster answers, and cannot just now. */
const BUSY_WORDS = [
  'TooManyRequests',
  'Internal ?Error',
  'too many requests',
  'connection reset',
  String.raw`\bEOF\b`,
  'an error on the server',
  'ServiceUnavailable',
  'currently unable to handle',
  'http2: ',
  'etcdserver',
  'etcd: ',
  'leader changed',
  'context deadline exceeded',
];
const BUSY: readonly Row[] = [
  row(new RegExp(`^.*(?:${BUSY_WORDS.join('|')}).*$`, 'gimu'), (group) => {
    const words = group('').replace(/^(?:Error from server(?: \(\w+\))?|error): /iu, '');
    return about(
      'unavailable',
      `the cluster cannot do it now, and says ${quote(words, 200)}`,
      `wait until it has recovered; ${AGAIN}`,
    );
  }),
];

/** From what is looked at first to what is only left. */
export const CONNECTION: readonly Row[] = [
  ...LOGINS,
  ...BEYOND,
  ...CERTIFICATES,
  ...SILENCE,
  ...BUSY,
];
