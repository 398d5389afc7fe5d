import { X509Certificate } from 'node:crypto';
import type { Login } from '../core/doctor/login.ts';
import { at, isObject, objectOf, textAt } from '../core/json.ts';
import type { Json } from '../core/json.ts';
import { Failure } from '../failure.ts';
import { clusterEnv } from './cluster-access.ts';
import { exec } from './exec.ts';
import { findTool } from './tools.ts';

/** How a kubeconfig logs in, and until when; the credentials themselves stay here. */
export async function kubeconfigLogin(kubeconfig: string): Promise<Login> {
  const kubectl = findTool('kubectl');
  if (kubectl === undefined)
    throw new Failure('kubectl not found', { hint: 'install it, or run `npm run tools`' });
  const view = ['config', 'view', '--minify', '--flatten', '--raw', '-o', 'json'];
  const { code, stdout } = await exec(kubectl, view, { env: clusterEnv(kubeconfig) });
  const user = code === 0 ? at(objectOf(stdout), '/users/0/user') : undefined;
  return loginOf(user);
}

/** The part `user` of a kubeconfig. */
export function loginOf(user: Json | undefined): Login {
  const program = textAt(user, '/exec/command') || textAt(user, '/auth-provider/name');
  if (program !== '') return { kind: 'helper', program };
  const token = textAt(user, '/token');
  if (token !== '') return tokenLogin(token);
  const certificate = textAt(user, '/client-certificate-data');
  if (certificate !== '') return certificateLogin(certificate);
  return { kind: 'unclear', why: 'the kubeconfig has no credentials that are understood here' };
}

function tokenLogin(token: string): Login {
  const claims = claimsOf(token);
  const time = (name: string): number | undefined => {
    const value = at(claims, name);
    return typeof value === 'number' ? value * 1000 : undefined;
  };
  const subject = textAt(claims, '/sub') || undefined;
  return { kind: 'token', subject, issued: time('/iat'), ends: time('/exp') };
}

/** What a JSON Web Token says of itself; nothing where it is none. */
function claimsOf(token: string): Json | undefined {
  const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  const claims = objectOf(text);
  return isObject(claims) ? claims : undefined;
}

function certificateLogin(data: string): Login {
  try {
    const { validTo } = new X509Certificate(Buffer.from(data, 'base64'));
    return { kind: 'certificate', ends: Date.parse(validTo) };
  } catch {
    return { kind: 'unclear', why: 'the client certificate of the kubeconfig cannot be read' };
  }
}
