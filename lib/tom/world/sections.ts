// Parameters and rules that a template may have: fixed lists, equal to the letter.
import { refusalOf } from '../../config/outside-facts';
import type { Settings } from '../../config/settings/settings';
import type { JsonObject } from '../template/assembly';

/** Version of the CDK bootstrap that a deployment requires ("Bootstrap your environment for use with the AWS CDK"). */
const bootstrapVersion: JsonObject = {
  Type: 'AWS::SSM::Parameter::Value<String>',
  Default: '/cdk-bootstrap/hnb659fds/version',
  Description: 'Version of the CDK Bootstrap resources in this environment, automatically retrieved from SSM Parameter Store. [cdk:skip]',
};

/**
 * Newest minimal image of Amazon Linux 2023, a public parameter of AWS ("Reference the latest AMIs using Systems
 * Manager").
 */
export const serverImageParameter =
  'SsmParameterValueawsserviceamiamazonlinuxlatestal2023amiminimalkerneldefaultarm64C96584B6F00A464EAD1953AFF4B05118Parameter';
const serverImage: JsonObject = {
  Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
  Default: '/aws/service/ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-arm64',
};

/** The parameters of a stack. CloudFormation reads each from a fixed place; no person enters a value. */
export function parametersOf(stack: string): JsonObject {
  return { BootstrapVersion: bootstrapVersion, ...(stack === 'collection' ? { [serverImageParameter]: serverImage } : {}) };
}

/** The check of the bootstrap version. */
const bootstrapRule: JsonObject = {
  CheckBootstrapVersion: {
    Assertions: [
      {
        Assert: { 'Fn::Not': [{ 'Fn::Contains': [['1', '2', '3', '4', '5'], { Ref: 'BootstrapVersion' }] }] },
        AssertDescription: "CDK bootstrap stack version 6 required. Please run 'cdk bootstrap' with a recent version of the CDK CLI.",
      },
    ],
  },
};

/**
 * The rules of a template: the bootstrap version, and in the account stack the facts without which production waits.
 */
export function rulesOf(stack: string, settings: Settings): JsonObject {
  const AssertDescription = refusalOf(settings);
  if (stack !== 'account' || AssertDescription === undefined) return bootstrapRule;
  const Assert = { 'Fn::Equals': [{ Ref: 'BootstrapVersion' }, 'FactsFromOutside'] };
  return { ...bootstrapRule, FactsFromOutside: { Assertions: [{ Assert, AssertDescription }] } };
}
