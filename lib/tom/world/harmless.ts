// Properties without influence on a promise, each with its reason. The list is closed: a property that no form judges
// and that is not here stops the synth. No property of IAM, network paths, encryption, retention, logging, code or
// triggers belongs here, and no wildcard: `*` stands for the index of a list alone.

import { eventRuleType } from '../template/resource-types';

/** Reasons by type and path. The type `*` is every type. */
const harmlessProperties: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '*': {
    'Metadata.aws:cdk:path': 'path of the construct; CloudFormation does not read it',
    'Metadata.rempart:tom': 'list of clauses that the resource serves; a test compares them with the register',
    'Metadata.rempart:tom.*': 'clauses that the resource serves; a test compares them with the register',
  },
  'AWS::EC2::ClientVpnAuthorizationRule': { 'Properties.Description': 'text for people' },
  'AWS::EC2::ClientVpnEndpoint': {
    'Properties.ClientLoginBannerOptions.BannerText': 'text for people',
    'Properties.Description': 'text for people',
  },
  'AWS::EC2::PrefixList': {
    'Properties.Entries.*.Description': 'text for people',
  },
  'AWS::EC2::SecurityGroup': {
    'Properties.GroupDescription': 'text for people',
    'Properties.SecurityGroupEgress.*.Description': 'text for people',
    'Properties.SecurityGroupIngress.*.Description': 'text for people',
  },
  'AWS::EC2::SecurityGroupEgress': {
    'Properties.Description': 'text for people',
  },
  'AWS::EC2::SecurityGroupIngress': {
    'Properties.Description': 'text for people',
  },
  'AWS::NetworkFirewall::Firewall': {
    'Properties.Description': 'text for people',
  },
  'AWS::NetworkFirewall::FirewallPolicy': {
    'Properties.Description': 'text for people',
  },
  'AWS::NetworkFirewall::RuleGroup': {
    'Properties.Description': 'text for people',
  },
  'AWS::KMS::Key': { 'Properties.Description': 'text for people; no policy or service reads it' },
  'AWS::RDS::DBClusterParameterGroup': { 'Properties.Description': 'text for people; no service reads it' },
  'AWS::RDS::DBSubnetGroup': { 'Properties.DBSubnetGroupDescription': 'text for people; no service reads it' },
  'AWS::SSM::Document': { 'Properties.Content.description': 'text for people, who see it before a session' },
  'AWS::SecretsManager::Secret': { 'Properties.Description': 'text for people; no policy or service reads it' },
  'AWS::SNS::Topic': { 'Properties.DisplayName': 'name of the sender in messages; no policy reads it' },
  'AWS::ElasticLoadBalancingV2::TrustStore': { 'Properties.Name': 'name that the CDK generates; no policy or service reads it' },
  'AWS::CloudWatch::Alarm': {
    'Properties.AlarmDescription': 'the failure in words; its end, with severity and runbook entry, is judged',
  },
  // The sections of a template beside its resources.
  Template: {
    AWSTemplateFormatVersion: 'the only version that there is; no property depends on it',
    Description: 'text for people',
  },
  [eventRuleType]: { 'Properties.Description': 'text for people' },
  'AWS::Lambda::Function': { 'Properties.Description': 'text for people' },
  'AWS::Scheduler::Schedule': { 'Properties.Description': 'text for people' },
};

/** Whether the list has the property. Indexes of lists are written as `*`. */
export function isHarmless(type: string, path: string): boolean {
  const general = path.replace(/(?<=^|\.)\d+(?=\.|$)/g, '*');
  return Object.hasOwn(harmlessProperties['*'] ?? {}, general) || Object.hasOwn(harmlessProperties[type] ?? {}, general);
}
