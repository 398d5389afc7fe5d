import { describe, expect, test } from '@jest/globals';
import { standInSecrets } from '../../../../src/core/hub/values/stand-ins.ts';

describe('stand-ins of secrets', () => {
  /** SHA-256 of "glaciocloud placeholder …": what renders must not change with a release of ours. */
  const COOKIE = '692c1c429badef6e5cfb28e554fdca8aca4e0bf7bccbbf30baea1b1322ddf2ab';
  const CRYPT = '91492651ee88a94390ba95f84d5fce3f5b72b86211617eaa5da224583ab2bd1f';
  const PROXY = 'c0b1858339fcae2b9c4b8a3f97e259e8a80a55f9a772383ce8724934ff8acaa9';
  const SERVICE_A = 'd073fd7ea8c657d3c1c34db6eac1d2924ccbcf704e7d59de3287ec6ba1cfde53';

  test('are the same at each rendering, one for each secret that the chart would make up', () => {
    const stand = standInSecrets({ hub: { services: { a: { display: false } } } });
    expect(stand).toEqual({
      jupyterhub: {
        hub: {
          cookieSecret: COOKIE,
          config: { CryptKeeper: { keys: [CRYPT] } },
          services: { a: { apiToken: SERVICE_A } },
        },
        proxy: { secretToken: PROXY },
      },
    });
  });

  test('a hub without services', () => {
    expect(standInSecrets({}).jupyterhub).toMatchObject({ hub: { services: {} } });
    expect(standInSecrets({ hub: { services: ['a'] } }).jupyterhub).toMatchObject({
      hub: { services: {} },
    });
  });
});
