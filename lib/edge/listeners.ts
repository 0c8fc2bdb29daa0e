// The two listeners: 80, which only redirects, and 443, to which other stacks add rules that forward to services.
import {
  type ApplicationListener,
  ApplicationProtocol,
  type ITrustStoreRef,
  ListenerAction,
  ListenerCertificate,
  ListenerCondition,
  MutualAuthenticationMode,
  SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { acknowledgeInPacks } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { newerThanCfnLint } from '../labels/linter';
import type { LoadBalancer } from './load-balancer';
import { edgeHealthPath } from './paths';
import { encryptedListenerAttributes, plainListenerAttributes } from './response-headers';

export interface ListenersProps {
  readonly loadBalancer: LoadBalancer;
  /** RSA 4096. Changing it is an update. (DSS-5.3.2, DSS-6.8) */
  readonly certificateArn: string;
  /**
   * The authority of the client certificates that the listener requires. (TOM-4.11)
   * @default - no client certificate is required
   */
  readonly clientAuthority?: ITrustStoreRef;
}

export class Listeners extends Construct {
  /** Accepts requests over TLS; a request that matches no rule gets 404. */
  readonly encrypted: ApplicationListener;

  constructor(scope: Construct, id: string, { loadBalancer, certificateArn, clientAuthority }: ListenersProps) {
    super(scope, id);
    const plain = loadBalancer.addListener('Http', {
      port: 80,
      protocol: ApplicationProtocol.HTTP,
      // ProxySecurityGroup has the ingress rules.
      open: false,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    setAttributes(plain, plainListenerAttributes);
    serves(plain, 'DSS-5.3.1', 'DSS-5.6.3');
    acknowledgePlain(plain);

    this.encrypted = loadBalancer.addListener('Https', {
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      open: false,
      certificates: [ListenerCertificate.fromArn(certificateArn)],
      sslPolicy: SslPolicy.TLS13_12_RES_PQ,
      defaultAction: ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'not found' }),
      // Explicit also where it is off: a template without the property does not change it, and the listener would
      // still reject every client without a certificate.
      mutualAuthentication: clientAuthority
        ? mutualAuthentication(clientAuthority)
        : { mutualAuthenticationMode: MutualAuthenticationMode.OFF },
    });
    setAttributes(this.encrypted, encryptedListenerAttributes);
    serves(this.encrypted, 'DSS-5.3.1', 'DSS-5.3.2', 'DSS-6.7.1', 'DSS-6.8', 'TOM-5.7');
    this.answerHealthChecks();
    // Their tags.
    newerThanCfnLint(loadBalancer, 'AWS::ElasticLoadBalancingV2::Listener', 'E3002');
    newerThanCfnLint(loadBalancer, 'AWS::ElasticLoadBalancingV2::ListenerRule', 'E3002');
  }

  /**
   * A response proves that the name resolves to the load balancer and that TLS and the firewall pass requests; it does
   * not check the targets.
   */
  private answerHealthChecks(): void {
    this.encrypted.addAction('Health', {
      priority: 1,
      conditions: [ListenerCondition.pathPatterns([edgeHealthPath])],
      action: ListenerAction.fixedResponse(200, { contentType: 'text/plain', messageBody: 'ok' }),
    });
  }
}

/** The handshake fails without a certificate of the authority, and with an expired one. */
const mutualAuthentication = (trustStore: ITrustStoreRef) => ({
  mutualAuthenticationMode: MutualAuthenticationMode.VERIFY,
  trustStore,
  ignoreClientCertificateExpiry: false,
});

function setAttributes(listener: ApplicationListener, attributes: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(attributes)) listener.setAttribute(key, value);
}

/** The packs require a certificate on every listener, also on the one that redirects to HTTPS. */
function acknowledgePlain(listener: ApplicationListener): void {
  const reason = 'The listener on port 80 only redirects to HTTPS (DSS-5.3.1), and needs no certificate for that.';
  acknowledgeInPacks(listener, { rule: 'ELBv2ACMCertificateRequired', reason });
}
