import { Readable } from 'node:stream';
import type { ArchivePlace } from '../core/removal/archive.ts';
import { placeText } from '../core/removal/archive.ts';
import { BucketFailure, messageOf } from '../failure.ts';
import type { Store, StoreFolder } from '../ports.ts';

/** Of an upload: S3 takes 10 000 parts of one object, so this is 320 GB. Two are on their way at once. */
const PART_BYTES = 32 * 2 ** 20;
const PARTS = 2;

type Sdk = typeof import('./s3-client.ts');

/**
 * The bucket's own credentials, where the cluster needs others of the same kind; undefined leaves it to the
 * usual AWS environment.
 */
function ownCredentials():
  { credentials: { accessKeyId: string; secretAccessKey: string } } | undefined {
  const {
    ARCHIVE_ACCESS_KEY_ID: accessKeyId = '',
    ARCHIVE_SECRET_ACCESS_KEY: secretAccessKey = '',
  } = process.env;
  return accessKeyId === '' || secretAccessKey === ''
    ? undefined
    : { credentials: { accessKeyId, secretAccessKey } };
}

/** One folder of an S3 bucket, at Amazon or at a server that speaks as it does. */
export class Bucket implements StoreFolder {
  readonly #place: ArchivePlace;
  readonly #sdk: Sdk;
  readonly #client: InstanceType<Sdk['S3Client']>;

  private constructor(place: ArchivePlace, sdk: Sdk) {
    this.#place = place;
    this.#sdk = sdk;
    // Not every other server knows buckets as host names, or checksums that nobody asked for: what lies there is
    // read back anyway.
    const other =
      place.endpoint === undefined
        ? {}
        : ({
            endpoint: place.endpoint,
            forcePathStyle: true,
            requestChecksumCalculation: 'WHEN_REQUIRED',
            responseChecksumValidation: 'WHEN_REQUIRED',
          } as const);
    const region = place.region ?? (place.endpoint === undefined ? undefined : 'us-east-1');
    this.#client = new sdk.S3Client({
      ...other,
      ...ownCredentials(),
      ...(region === undefined ? {} : { region }),
      requestHandler: { connectionTimeout: 10_000, socketTimeout: 60_000 },
    });
  }

  static async open(place: ArchivePlace): Promise<Bucket> {
    return new Bucket(place, await import('./s3-client.ts'));
  }

  close(): void {
    this.#client.destroy();
  }

  /** A small object; undefined where there is none. */
  async readText(key: string): Promise<string | undefined> {
    return this.#ask(
      'read',
      key,
      async () => {
        const { Body } = await this.#client.send(
          new this.#sdk.GetObjectCommand({ Bucket: this.#place.bucket, Key: key }),
        );
        return Body?.transformToString('utf8');
      },
      undefined,
    );
  }

  async writeText(key: string, text: string): Promise<void> {
    await this.#ask('write', key, () =>
      this.#client.send(
        new this.#sdk.PutObjectCommand({
          Bucket: this.#place.bucket,
          Key: key,
          Body: text,
          ContentType: 'application/json',
        }),
      ),
    );
  }

  /** In parts, so that nothing of it lies on a disk of ours. Where it fails, nothing is left in the bucket. */
  async send(key: string, body: Readable): Promise<void> {
    const { Upload } = this.#sdk;
    let source: Error | undefined; // what was to be sent has failed, not the bucket
    body.on('error', () => undefined); // nobody listens any more when the bucket has failed first
    await this.#ask('write', key, async () => {
      try {
        await new Upload({
          client: this.#client,
          params: {
            Bucket: this.#place.bucket,
            Key: key,
            Body: body,
            ContentType: 'application/gzip',
          },
          partSize: PART_BYTES,
          queueSize: PARTS,
        }).done();
      } catch (error) {
        if (!body.errored || body.errored.name === 'AbortError') throw error; // aborted by the upload that ends
        source = body.errored;
      } finally {
        body.destroy();
      }
    });
    if (source) throw source;
  }

  async read(key: string): Promise<Readable> {
    return this.#ask('read', key, async () => {
      const { Body } = await this.#client.send(
        new this.#sdk.GetObjectCommand({ Bucket: this.#place.bucket, Key: key }),
      );
      if (!(Body instanceof Readable)) throw new Error('no content came');
      return Body;
    });
  }

  /** Undefined where there is no such object. */
  async size(key: string): Promise<number | undefined> {
    return this.#ask(
      'read',
      key,
      async () =>
        (
          await this.#client.send(
            new this.#sdk.HeadObjectCommand({ Bucket: this.#place.bucket, Key: key }),
          )
        ).ContentLength,
      undefined,
    );
  }

  /** Tells people what the server means. `absent` is the answer where no such object is. */
  async #ask<T>(
    what: 'read' | 'write',
    key: string,
    work: () => Promise<T>,
    ...absent: [T] | []
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      if (absent.length === 1 && /^(NoSuchKey|NotFound)$/u.test(name)) return absent[0];
      const { message, hint } = this.#why(name, statusOf(error), messageOf(error));
      const place = placeText({ bucket: this.#place.bucket, folder: key });
      const done = what === 'read' ? 'read' : 'written';
      throw new BucketFailure(`${place} cannot be ${done}: ${message}`, { hint, cause: error });
    }
  }

  /** Never what the server says of credentials, word for word: it names accounts. */
  #why(
    name: string,
    status: number | undefined,
    message: string,
  ): { message: string; hint: string } {
    const { bucket, endpoint } = this.#place;
    const server = endpoint ?? 'Amazon';
    if (name === 'NoSuchBucket')
      return {
        message: `${server} has no bucket ${bucket}`,
        hint: 'make it, or correct "bucket:"',
      };
    if (name === 'CredentialsProviderError')
      return {
        message: 'there are no credentials',
        hint: 'give the deployment ARCHIVE_ACCESS_KEY_ID and ARCHIVE_SECRET_ACCESS_KEY, or the usual ones of AWS',
      };
    if (
      /Region is missing/u.test(message) ||
      /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/u.test(
        name,
      )
    )
      return {
        message: 'the bucket is in another region, or no region is named',
        hint: 'correct "region:"',
      };
    if (/^(ExpiredToken|ExpiredTokenException|RequestTimeTooSkewed)$/u.test(name))
      return {
        message: 'the credentials are not valid any more',
        hint: 'log in again; the next run goes on from here',
      };
    if (
      status === 401 ||
      status === 403 ||
      /^(AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch)$/u.test(name)
    )
      return {
        message: `${server} refuses these credentials (${name})`,
        hint: 'they need s3:ListBucket, s3:GetObject, s3:PutObject and s3:AbortMultipartUpload',
      };
    return {
      message: `${server}: ${name === '' || message.includes(name) ? '' : `${name}: `}${message.slice(0, 200)}`,
      hint: 'look at the bucket; the next run goes on from here',
    };
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

export const buckets: Store = { open: (place) => Bucket.open(place) };
