// The lake of a twin: the deployed functions' logic on the twin's database, with objects in the stand-in of S3, whose
// folder has them as files.
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { STSClient } from '@aws-sdk/client-sts';
import { S3Archive } from '../../../runtime/archive';
import type { Database } from '../../../runtime/database';
import { S3Lake } from '../../../runtime/lake/store';
import { type SiteId, siteId } from '../../../runtime/site';
import { archiveBucket, archiveClient } from '../parts/archive';
import { contextKeyIn, openDatabase, superuserConnection } from '../parts/database';
import { region } from '../parts/event-source';
import { readPlaces } from '../parts/places';
import { TwinError } from '../twin-error';
import { LakeFiles } from './lake-files';

/** Queries as the superuser, who reads all sites. */
export type Look = <R extends object>(text: string, values?: readonly unknown[]) => Promise<R[]>;

export interface TwinLake {
  readonly application: Database;
  readonly maintenance: Database;
  readonly look: Look;
  readonly lake: S3Lake;
  readonly archive: S3Archive;
  /** The files of the objects, as DuckDB reads them. */
  readonly files: LakeFiles;
  close(): Promise<void>;
}

export interface LakeParts extends Pick<TwinLake, 'application' | 'maintenance' | 'look'> {
  readonly archiveEndpoint: string;
  /** Folder of the stand-in of S3. */
  readonly archiveFolder: string;
}

export async function lakeOn({ archiveEndpoint, archiveFolder, ...database }: LakeParts): Promise<TwinLake> {
  const client: S3Client = archiveClient(archiveEndpoint);
  // The stand-in accepts these credentials for every object: tags of sessions have no effect there.
  const send = async () => ({
    Credentials: { AccessKeyId: 'S3RVER', SecretAccessKey: 'S3RVER', SessionToken: 'twin', Expiration: new Date(Date.now() + 900_000) },
    $metadata: {},
  });
  const lake = new S3Lake({
    sts: { send } as unknown as Pick<STSClient, 'send'>,
    role: 'arn:aws:iam::111122223333:role/twin-lake',
    bucket: archiveBucket,
    client: { region, endpoint: archiveEndpoint, forcePathStyle: true },
  });
  const files = await LakeFiles.open(join(archiveFolder, archiveBucket));
  return {
    ...database,
    ...{ lake, files, archive: new S3Archive(client, archiveBucket) },
    async close() {
      client.destroy();
      files.close();
    },
  };
}

/** The lake of the twin that runs in a folder. @throws TwinError if none does */
export async function openTwinLake(folder: string): Promise<TwinLake> {
  const { databasePort, archiveEndpoint } = await readPlaces(folder);
  const key = await contextKeyIn(folder);
  const [application, maintenance] = [
    openDatabase(databasePort, 'rempart_application', key, 2),
    openDatabase(databasePort, 'rempart_maintenance', key, 2),
  ];
  const superuser = superuserConnection(databasePort);
  const lake = await lakeOn({ application, maintenance, look: superuser.look, archiveEndpoint, archiveFolder: join(folder, 'archive') });
  return {
    ...lake,
    async close() {
      await lake.close();
      await Promise.all([application.close(), maintenance.close(), superuser.close()]);
    },
  };
}

/** The id of a site. @throws TwinError for a key that no site has */
export async function siteOf({ maintenance }: Pick<TwinLake, 'maintenance'>, key: string): Promise<SiteId> {
  const [id] = await maintenance.upkeep('siteByKey', key);
  if (id === null || id === undefined)
    throw new TwinError(`--site: expected a site of the twin, got ${JSON.stringify(key)}; its page lists them`);
  return siteId(id);
}

/** Keys and ids of all sites, the oldest first. */
export const sitesOf = async ({ look }: Pick<TwinLake, 'look'>): Promise<readonly { readonly id: SiteId; readonly key: string }[]> =>
  (await look<{ id: number; key: string }>('select id, key from rempart.sites where deleted_at is null order by id')).map(
    ({ id, key }) => ({
      id: siteId(id),
      key,
    }),
  );
