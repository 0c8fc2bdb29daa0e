// A VPC with settings of one test. Tests for which the network of production or development suffices read the shared
// synth (reading.ts).
import { App, Stack } from 'aws-cdk-lib/core';
import { settingsSchema } from '../../../lib/config/settings/settings';
import { type Site, siteOf } from '../../../lib/config/site';
import { type AddressPlan, addressPlan } from '../../../lib/network/address-plan';
import { ThreeZoneVpc } from '../../../lib/network/three-zone-vpc';

export interface Variant {
  readonly environment?: 'production' | 'staging' | 'development';
  /** The `network` part of the configuration. */
  readonly network?: Readonly<Record<string, unknown>>;
  /** @default true */
  readonly vpn?: boolean;
}

export interface Scratch {
  readonly stack: Stack;
  readonly site: Site;
  readonly plan: AddressPlan;
  readonly vpc: ThreeZoneVpc;
}

/** The site of a deployment with these settings. */
export function siteFor({ environment = 'production', network = {} }: Variant): Site {
  return siteOf('production', 'home', settingsSchema.parse({ environment, owner: 'platform', network }), []);
}

/** A stack with the VPC of these settings, and nothing else. */
export function scratch(variant: Variant = {}): Scratch {
  const site = siteFor(variant);
  const { vpcCidr, firewall } = site.settings.network;
  const stack = new ThreeZones(new App({ analyticsReporting: false }), 'scratch', { env: { region: site.region } });
  const plan = addressPlan(vpcCidr);
  return {
    stack,
    site,
    plan,
    vpc: new ThreeZoneVpc(stack, 'Vpc', { cidr: vpcCidr, plan, optional: { firewall, vpn: variant.vpn ?? true } }),
  };
}

class ThreeZones extends Stack {
  override get availabilityZones(): string[] {
    return ['zone-1', 'zone-2', 'zone-3'];
  }
}
