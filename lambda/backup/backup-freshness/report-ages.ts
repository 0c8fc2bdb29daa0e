// The metric of the ages: one line of embedded metrics for each vault.

/** Name of the metric, under the dimensions Deployment and Vault. */
export const ageMetric = 'BackupAgeHours';

/**
 * A line of embedded metrics ("Specification: Embedded metric format" of the CloudWatch user guide). The unit is None:
 * CloudWatch has none for hours. (DSS-5.5.2)
 */
export const ageLine = (
  { deployment, namespace, at }: { readonly deployment: string; readonly namespace: string; readonly at: Date },
  vault: string,
  hours: number,
): string =>
  JSON.stringify({
    _aws: {
      Timestamp: at.getTime(),
      CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [['Deployment', 'Vault']], Metrics: [{ Name: ageMetric, Unit: 'None' }] }],
    },
    Deployment: deployment,
    Vault: vault,
    [ageMetric]: Math.ceil(hours * 100) / 100,
  });
