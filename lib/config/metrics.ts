// Metrics that the deployment publishes itself: their namespaces, and the names that probes share with rules.
import type { Site } from './site';

/** Namespace of the deployment's own metrics. */
export const metricsNamespace = (site: Site): string => `Rempart/${site.deployment}`;

/** Metrics of the probes, each under the dimensions Deployment and Probe. */
export const probeMetrics = { namespace: 'Rempart/Probes', findings: 'Findings', completed: 'Completed' } as const;

/**
 * Highest age of the newest usable backup of a store, in hours, under the dimensions Deployment and Vault. (DSS-5.5.2)
 */
export const backupAge = 'BackupAgeHours';

/** The report on the root user, by the function `credential-hygiene`. (TOM-3.10) */
export const rootUserReport = 'root-user';

/** The probe of TOM-7.4: its folder in `lambda/database/`, and the end of the name of its log group. */
export const noSharedBackupsProbe = 'no-shared-backups-probe';

/** The probe of restores: its folder in `lambda/backup/`, and its metrics besides those of all probes. (DSS-5.5.1) */
export const restoreValidation = 'restore-validation';
export const restoreMetrics = { proven: 'RestoresProven', hours: 'RestoreHours' } as const;
