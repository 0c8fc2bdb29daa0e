// Prices of keys, records and watch (../shared/data/prices.md, "Keys, records, watch").
import type { Price } from './price';

export const recordPrices = {
  keyMonth: { service: 'KMS key', unit: 'month', by: { V: 1 }, sources: [5] },
  keyRequests: { service: 'KMS requests', unit: '10,000', by: { V: 0.03 }, sources: [5] },
  secretMonth: { service: 'Secrets Manager', unit: 'secret-month', by: { P: 0.4, F: 0.4 }, sources: [1, 8, 9] },
  logInGb: { service: 'CloudWatch Logs, in', unit: 'GB', by: { P: 0.5985, F: 0.63 }, sources: [1, 8, 10] },
  logKeptGb: { service: 'CloudWatch Logs, stored', unit: 'GB-month', by: { P: 0.0315, F: 0.0324 }, sources: [1, 8, 10] },
  metricMonth: { service: 'CloudWatch metric', unit: 'month', by: { V: 0.3 }, sources: [26], secondary: true },
  alarmMonth: { service: 'CloudWatch alarm', unit: 'metric-month', by: { P: 0.1 }, sources: [1, 5] },
  insightEvents: { service: 'CloudTrail Insights', unit: '100,000 events', by: { P: 0.35, V: 0.35 }, sources: [5, 27] },
  dataEvents: { service: 'CloudTrail data events', unit: '100,000 events', by: { V: 0.1 }, sources: [5] },
} as const satisfies Readonly<Record<string, Price>>;
