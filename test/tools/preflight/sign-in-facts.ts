// The facts of the sign-in to the database: the simulations of IAM, and the metrics of the proxy.
import { account, databaseId, proxyId, simulation } from './deployed-account';
import type { Fact } from './live-facts';

const permissions = { of: 'permissions to sign in to the database', first: 'later' } as const;
const ingest = /^sign-in of HitIngestFunctionRole\w+ of production-collection to the proxy as rempart_application$/;
const source = `--policy-source-arn arn:aws:iam::${account}:role/HitIngestFunctionRole\\w+-id --action-names rds-db:connect`;
const arn = `--resource-arns arn:aws:rds-db:eu-west-3:${account}:dbuser:${proxyId}/rempart_application`;
const key = '--context-entries ContextKeyName=aws:RequestedRegion,ContextKeyType=string,ContextKeyValues=eu-west-3';

const signIns = {
  of: 'sign-ins of functions to the database',
  subject: /^sign-ins of functions through production-data/,
  first: 'later',
} as const;

export const signInFacts: readonly Fact[] = [
  {
    ...{ ...permissions, name: 'a boundary that denies a sign-in without the region of the request', subject: ingest },
    broken: {
      answers: {
        SimulatePrincipalPolicy: ({ parameters }) =>
          parameters['ContextEntries.member.1.ContextKeyName'] === undefined
            ? simulation('explicitDeny', false)
            : simulation('allowed', true),
      },
    },
    found: /^allowed with aws:RequestedRegion, explicitDeny by the boundary without it$/,
    command: new RegExp(`^aws iam simulate-principal-policy ${source} ${arn}$`),
  },
  {
    ...{ ...permissions, name: 'a boundary that denies a sign-in in its region', subject: ingest },
    broken: {
      answers: {
        SimulatePrincipalPolicy: ({ parameters }) =>
          parameters['ContextEntries.member.1.ContextKeyValues.member.1'] === 'eu-west-3'
            ? simulation('explicitDeny', false)
            : simulation('allowed', true),
      },
    },
    found: /^explicitDeny by the boundary with aws:RequestedRegion, allowed without it$/,
    command: new RegExp(`${arn} ${key}$`),
  },
  {
    ...{ ...permissions, name: 'a proxy that the roles may not use', subject: ingest },
    broken: {
      answers: {
        DescribeDBProxies: () => ({ DBProxies: { member: [{ DBProxyArn: `arn:aws:rds:eu-west-3:${account}:db-proxy:prx-other` }] } }),
      },
    },
    ...{ found: /^implicitDeny with aws:RequestedRegion, implicitDeny without it$/, command: /:dbuser:prx-other\/rempart_application / },
  },
  {
    ...{ ...permissions, name: 'a cluster that the proxy may not use' },
    subject: /^sign-in of ProxyRole\w+ of production-data to the database as rempart_maintenance$/,
    broken: {
      answers: {
        DescribeDBClusters: () => ({
          DBClusters: { DBCluster: [{ DBClusterIdentifier: 'production-data', DbClusterResourceId: `${databaseId}-OTHER` }] },
        }),
      },
    },
    ...{ found: /^implicitDeny with/, command: new RegExp(`:dbuser:${databaseId}-OTHER/rempart_maintenance `) },
  },
  {
    ...{ ...signIns, name: 'a sign-in that the proxy refused' },
    broken: { metrics: { ClientConnectionsSetupSucceeded: 5, ClientConnectionsSetupFailedAuth: 2 } },
    ...{
      found: /^5, 2 refused$/,
      command: /^aws cloudwatch get-metric-statistics .*ClientConnectionsSetupFailedAuth .*Value=production-data/,
    },
  },
  {
    ...{ ...signIns, name: 'a proxy that no function signed in to' },
    broken: { metrics: { ClientConnectionsSetupSucceeded: 0 } },
    ...{ found: /^0, 0 refused$/, command: /ClientConnectionsSetupSucceeded .*--start-time \d{4}-.*Z --end-time \d{4}-.*Z --period 3600/ },
  },
];
