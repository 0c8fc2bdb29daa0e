// Certificates that the certificate function has not checked: on listeners and on other types of endpoints.

import type { Bypass } from '../../rule';
import type { JsonObject } from '../../template/assembly';
import { listenerType } from '../../template/resource-types';
import { newResource, refTo } from '../bypass';

const CertificateArn = 'arn:aws:acm:eu-west-3:111111111111:certificate/1234abcd-12ab-34cd-56ef-1234567890ab';
const unchecked: JsonObject = { CertificateArn };

export const uncheckedCertificates: readonly Bypass[] = [
  {
    name: 'a second HTTPS listener with its own certificate',
    beside: listenerType,
    resources: { Door: newResource(listenerType, { Protocol: 'HTTPS', Port: 443, Certificates: [unchecked] }) },
  },
  {
    name: 'a TLS listener without a certificate',
    beside: listenerType,
    resources: { Door: newResource(listenerType, { Protocol: 'TLS', Port: 443 }) },
  },
  {
    name: 'an additional certificate of a listener',
    beside: listenerType,
    resources: (_, assembly) => ({
      More: newResource('AWS::ElasticLoadBalancingV2::ListenerCertificate', {
        ListenerArn: refTo(listenerType, assembly),
        Certificates: [unchecked],
      }),
    }),
  },
  {
    name: 'a certificate issued by ACM, which has no 4096-bit key',
    beside: listenerType,
    resources: { Issued: newResource('AWS::CertificateManager::Certificate', { DomainName: 'example.com', ValidationMethod: 'DNS' }) },
  },
  {
    name: 'a certificate resource with a function outside the deployment',
    beside: listenerType,
    resources: { Other: newResource('Custom::Certificate', { ServiceToken: 'arn:aws:lambda:eu-west-3:111111111111:function:other' }) },
  },
  {
    name: 'an API domain name with its own certificate',
    beside: listenerType,
    resources: {
      Door: newResource('AWS::ApiGatewayV2::DomainName', { DomainName: 'example.com', DomainNameConfigurations: [unchecked] }),
    },
  },
  {
    name: 'a user pool domain with its own certificate',
    beside: listenerType,
    resources: { Door: newResource('AWS::Cognito::UserPoolDomain', { Domain: 'example.com', CustomDomainConfig: unchecked }) },
  },
];
