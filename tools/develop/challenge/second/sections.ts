// Sections and attributes of the templates, logical ids, and values of another environment.
import { alarmNamed, at, type Challenge, fieldsAt, put, ref, resourceOfType, section } from '../challenge';
import { bucketWith, exchangeResources, parameter, rename, rewrite, tag, variables } from './places';

export const sectionChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-3.4',
    kind: 'section',
    title: 'an audit trail on a condition of a parameter',
    change: ({ account }) => {
      section(account, 'Conditions').Audited = { 'Fn::Not': [{ 'Fn::Equals': [parameter(account, 'Audit', 'central'), 'central'] }] };
      resourceOfType(account, 'AWS::CloudTrail::Trail').resource.Condition = 'Audited';
    },
  },
  {
    clause: 'TOM-6.10',
    kind: 'section',
    title: 'a template that includes a part from a bucket',
    change: ({ data }) => {
      data.Transform = { Name: 'AWS::Include', Parameters: { Location: 's3://production-templates/data-extras.yaml' } };
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'section',
    title: 'two logical ids that exchange the audit archive and the bucket of edge logs',
    change: ({ account }) => exchangeResources(account, bucketWith(account, 'AuditArchive'), bucketWith(account, 'EdgeLogs')),
  },
  {
    clause: 'TOM-6.7',
    kind: 'section',
    title: 'a database under a new logical id and identifier, empty beside the one it leaves',
    change: ({ data }) => {
      const { id, properties } = resourceOfType(data, 'AWS::RDS::DBCluster');
      put(properties, 'DBClusterIdentifier', 'production-data-2');
      rename(data, id, 'PostgresCluster');
    },
  },
  {
    clause: 'DSS-5.5.2',
    kind: 'section',
    title: 'a stream of hits that an update may replace with its records',
    change: ({ data }) => {
      resourceOfType(data, 'AWS::Kinesis::Stream').resource.UpdateReplacePolicy = 'Delete';
    },
  },
  {
    clause: 'DSS-5.5.1',
    kind: 'section',
    title: 'migrations on a condition that the recovery region does not meet',
    change: ({ data }) => {
      section(data, 'Conditions').AtHome = { 'Fn::Equals': [ref('AWS::Region'), 'eu-west-3'] };
      resourceOfType(data, 'Custom::DatabaseMigrations').resource.Condition = 'AtHome';
    },
  },
  {
    clause: 'DSS-4.4',
    kind: 'A',
    title: 'an alarm topic from an export whose stack is a parameter',
    change: ({ edge }) => {
      const { properties } = alarmNamed(edge, 'CertificateFailed');
      const name = String(at(properties, 'AlarmActions/0/Fn::ImportValue'));
      parameter(edge, 'AlarmStack', name.split(':')[0] ?? '');
      put(properties, 'AlarmActions/0', { 'Fn::ImportValue': { 'Fn::Sub': name.replace(/^[^:]+/, () => '${AlarmStack}') } });
    },
  },
  {
    clause: 'TOM-7.3',
    kind: 'section',
    title: 'keys of sites under the prefix of staging',
    change: ({ data }) => {
      put(variables(data, 'site-admin'), 'SITE_KEY_PREFIX', 'staging/sites');
      rewrite(
        resourceOfType(data, 'AWS::IAM::ManagedPolicy', 'SiteAdminFunctionPermissions').resource,
        ':secret:production/sites/',
        ':secret:staging/sites/',
      );
    },
  },
  {
    clause: 'TOM-7.4',
    kind: 'section',
    title: 'migrations of production with the environment of staging',
    change: ({ data }) => put(variables(data, 'migrations'), 'ENVIRONMENT', 'staging'),
  },
  {
    clause: 'TOM-7.3',
    kind: 'section',
    title: 'a database that bears the environment tag of staging',
    change: ({ data }) => tag(resourceOfType(data, 'AWS::RDS::DBCluster').properties, 'rempart:environment', 'staging'),
  },
  {
    clause: 'DSS-5.2',
    kind: 'section',
    title: 'a certificate of production for the domain of staging',
    change: ({ edge }) => {
      put(variables(edge, 'certificate'), 'DOMAIN', 'staging.rempart.invalid');
      put(resourceOfType(edge, 'Custom::Certificate').properties, 'Domain', 'staging.rempart.invalid');
    },
  },
  {
    clause: 'DSS-5.4.1',
    kind: 'J',
    title: 'volumes of servers with a classification outside the list',
    change: ({ collection }) =>
      tag(
        fieldsAt(resourceOfType(collection, 'AWS::EC2::LaunchTemplate').properties, 'LaunchTemplateData/TagSpecifications/1'),
        'rempart:classification',
        'Personal',
      ),
  },
];
