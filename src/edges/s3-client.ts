/* Amazon's SDK: larger than the rest of us. The bundle keeps this file apart, and only what archives loads it. */
export {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
export { Upload } from '@aws-sdk/lib-storage';
