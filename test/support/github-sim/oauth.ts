import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { LoggedRequest } from './server.ts';
import type { State } from './state.ts';

/** GitHub's OAuth pages, as far as a hub's login needs them: codes are used once, and PKCE is checked where it was asked for. */
export function oauth(
  state: State,
  url: URL,
  raw: string,
  response: ServerResponse,
  log: LoggedRequest[],
): void {
  const page = url.pathname.split('/').at(-1);
  const answer = (status: number, body: string, headers: Record<string, string>): void => {
    log.push({
      method: page === 'authorize' ? 'GET' : 'POST',
      path: url.pathname,
      token: '',
      status,
      body: {},
    });
    response.writeHead(status, headers).end(body);
  };
  if (page === 'authorize') {
    const back = url.searchParams.get('redirect_uri');
    if (!state.atBrowser || back === null) {
      answer(401, 'nobody is logged in to the simulated GitHub', {});
      return;
    }
    const code = randomBytes(16).toString('hex');
    state.codes.set(code, {
      user: state.atBrowser,
      challenge: url.searchParams.get('code_challenge') ?? '',
    });
    const target = new URL(back);
    target.searchParams.set('code', code);
    target.searchParams.set('state', url.searchParams.get('state') ?? '');
    answer(302, '', { location: target.href });
    return;
  }
  const form = raw.trim().startsWith('{')
    ? new URLSearchParams(JSON.parse(raw) as Record<string, string>)
    : new URLSearchParams(raw);
  const given = state.codes.get(form.get('code') ?? '');
  state.codes.delete(form.get('code') ?? '');
  const proof = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  const json = { 'content-type': 'application/json' };
  if (!given || (given.challenge !== '' && given.challenge !== proof)) {
    answer(
      200,
      JSON.stringify({
        error: 'bad_verification_code',
        error_description: 'The code passed is incorrect or expired.',
      }),
      json,
    );
    return;
  }
  const token = `gho_${randomBytes(16).toString('hex')}`;
  state.addToken(token, given.user, []);
  answer(200, JSON.stringify({ access_token: token, token_type: 'bearer', scope: '' }), json);
}
