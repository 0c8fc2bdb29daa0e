// S3 with the object of the registry, for the handlers of the VPN: the client's `send` returns outputs with the SDK's
// types.
import * as s3 from '@aws-sdk/client-s3';

/** The object with its version, by which a write replaces exactly what was read. */
export class MockRegistryObject {
  text: string | undefined;
  version = 0;
  /** Thrown by each request. */
  error: Error | undefined;

  constructor(private readonly bucket: string) {}

  async send(command: object): Promise<object> {
    if (this.error) throw this.error;
    if (command instanceof s3.GetObjectCommand) {
      expect(command.input).toMatchObject({ Bucket: this.bucket, Key: 'certificates.json' });
      if (this.text === undefined) throw new s3.NoSuchKey({ message: 'none', $metadata: {} });
      const { text } = this;
      return { Body: { transformToString: async () => text }, ETag: String(this.version) };
    }
    if (command instanceof s3.PutObjectCommand) {
      expect(command.input).toMatchObject({ Bucket: this.bucket, Key: 'certificates.json', IfMatch: String(this.version) });
      this.text = String(command.input.Body);
      this.version++;
      return {};
    }
    throw new Error(`the mock has no ${command.constructor.name}`);
  }
}
