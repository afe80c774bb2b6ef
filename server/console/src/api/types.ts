import type { components } from './schema'

/** A type of the API's document by its name: `Schemas['OrgOut']`. */
export type Schemas = components['schemas']

export type Me = Schemas['Me']
export type OrgRef = Schemas['OrgRef']
export type Org = Schemas['OrgOut']
export type Product = Schemas['ProductOut']
/** What is known of a product by whoever may choose it. */
export type PickedProduct = Pick<Product, 'id' | 'name' | 'code' | 'base_unit' | 'packagings'>
export type Notice = Schemas['Notice']
export type AuditEntry = Schemas['AuditEntry']
export type StoredFile = Schemas['StoredFile']
