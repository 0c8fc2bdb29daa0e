// Environment contract between construct and handler.
import {
  bucketName,
  type DatabaseEnvironment,
  databaseForms,
  type Forms,
  readVariables,
  type Variables,
} from '../../../runtime/environment';

/** Environment of the function `site-snapshot`. */
export interface SiteSnapshotEnvironment extends DatabaseEnvironment<'rempart_maintenance'> {
  /** Bucket that collectors read. */
  readonly SETTINGS_BUCKET: string;
}

/** Key of the object that holds the site snapshot, in the settings bucket. */
export const siteSnapshotKey = 'sites.json';

const forms: Forms<SiteSnapshotEnvironment> = { ...databaseForms('rempart_maintenance'), SETTINGS_BUCKET: bucketName };

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): SiteSnapshotEnvironment =>
  readVariables(from, forms, 'deploy the collection stack again');
