/** The API's shapes by name, taken from the calls that answer with them, whatever the schema calls them. */
import type { Answer } from './client';

export type Me = Answer<'/v1/me'>;
export type Country = Answer<'/v1/countries'>['items'][number];
export type Profile = Answer<'/v1/users/{id}'>;
export type Demo = Answer<'/v1/demo'>;

export type PackageList = Answer<'/v1/coin-packages'>;
export type CoinPackage = PackageList['items'][number];
export type Provider = Answer<'/v1/providers'>['items'][number];
export type Order = Answer<'/v1/orders/{id}'>;
export type OrderState = Order['state'];
export type Checkout = Answer<'/v1/sandbox/checkouts/{checkout_id}'>;

/** As every call answers with that changes it; `/v1/wallet` itself adds the bonus coins about to expire. */
export type Wallet = Answer<'/v1/wallet/budget', 'put'>;
export type Budget = Wallet['budget'];
export type WalletTransaction = Answer<'/v1/wallet/transactions'>['items'][number];
export type Lot = Answer<'/v1/wallet/lots'>['items'][number];
export type LotGift = Answer<'/v1/wallet/lots/{id}'>['items'][number];
export type WalletStatement = Answer<'/v1/wallet/statements/{month}'>;

export type GiftList = Answer<'/v1/gifts'>;
export type GiftType = GiftList['items'][number];
export type Receipt = Answer<'/v1/streams/{id}/gifts', 'post'>;
export type GiftReceipt = Answer<'/v1/gifts/{id}/receipt'>;
export type FeeChain = NonNullable<GiftReceipt['payment']>['chains'][number];

export type Stream = Answer<'/v1/streams/{id}'>;
export type Person = Stream['creator'];
export type Supporter = Answer<'/v1/streams/{id}/supporters'>['items'][number];
export type RoomEvent = Answer<'/v1/streams/{id}/events'>['items'][number];
export type Post = Answer<'/v1/posts/{id}'>;

export type Ingest = Answer<'/v1/creator/ingest'>;
export type Visibility = Stream['visibility'];
export type Eligibility = Answer<'/v1/creator/eligibility'>;
export type Earnings = Answer<'/v1/creator/earnings'>;
export type ReceivedGift = Answer<'/v1/creator/gifts'>['items'][number];
export type CreatorStatement = Answer<'/v1/creator/statements/{month}'>;

export type ChatRules = Answer<'/v1/creator/chat-rules'>;
export type Ban = Answer<'/v1/creator/bans'>['items'][number];
export type Mute = Answer<'/v1/creator/mutes'>['items'][number];
export type Moderator = Answer<'/v1/creator/moderators'>['items'][number];
export type CreatorSupporter = Answer<'/v1/creator/supporters'>['items'][number];
export type FoundPerson = Answer<'/v1/creator/people'>['items'][number];
export type Goal = Answer<'/v1/streams/{id}/goals'>['items'][number];
