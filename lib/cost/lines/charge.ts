// The form in which a resource type states its cost: an item, a price, and the quantity of a month.
import type { Price } from '../prices/price';
import type { PriceName } from '../prices/prices';
import type { Resource } from '../resources';
import type { Shape } from '../shape';
import type { Traffic } from '../traffic';

export interface Charge {
  /** As in `new connections`, under the resource type. */
  readonly item: string;
  /** A name of the table, or a price that depends on a property. */
  readonly price: PriceName | Price;
  /** Units of the price in one month. */
  readonly quantity: number;
}

export interface Context {
  readonly traffic: Traffic;
  readonly shape: Shape;
  /** All resources of the deployment. */
  readonly all: readonly Resource[];
}

/** The charges of the resources of one type in one stack. */
export type Coster = (found: readonly Resource[], context: Context) => readonly Charge[];

export const charge = (item: string, price: Charge['price'], quantity: number): Charge => ({ item, price, quantity });

/** A fixed price for each resource of the type. */
export const each =
  (item: string, price: PriceName, quantity: number): Coster =>
  (found) => [charge(item, price, found.length * quantity)];

export const ofType = ({ all }: Context, type: string): readonly Resource[] => all.filter((resource) => resource.type === type);
