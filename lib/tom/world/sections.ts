// Parameters and rules that a template may have: fixed lists, equal to the letter.
import type { Json, JsonObject } from '../template/assembly';

/** Version of the CDK bootstrap that a deployment requires ("Bootstrap your environment for use with the AWS CDK"). */
const bootstrapVersion: JsonObject = {
  Type: 'AWS::SSM::Parameter::Value<String>',
  Default: '/cdk-bootstrap/hnb659fds/version',
  Description: 'Version of the CDK Bootstrap resources in this environment, automatically retrieved from SSM Parameter Store. [cdk:skip]',
};

/**
 * Newest image of Amazon Linux 2023, a public parameter of AWS ("Reference the latest AMIs using Systems Manager").
 */
export const serverImageParameter =
  'SsmParameterValueawsserviceamiamazonlinuxlatestal2023amikerneldefaultarm64C96584B6F00A464EAD1953AFF4B05118Parameter';
const serverImage: JsonObject = {
  Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
  Default: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64',
};

/** The parameters of a stack. CloudFormation reads each from a fixed place; no person enters a value. */
export function parametersOf(stack: string): JsonObject {
  return { BootstrapVersion: bootstrapVersion, ...(stack === 'collection' ? { [serverImageParameter]: serverImage } : {}) };
}

/** The only rule of a template: the check of the bootstrap version. */
export const templateRules: Json = {
  CheckBootstrapVersion: {
    Assertions: [
      {
        Assert: { 'Fn::Not': [{ 'Fn::Contains': [['1', '2', '3', '4', '5'], { Ref: 'BootstrapVersion' }] }] },
        AssertDescription: "CDK bootstrap stack version 6 required. Please run 'cdk bootstrap' with a recent version of the CDK CLI.",
      },
    ],
  },
};
