"""API keys: made when a seller approves an application, valid until somebody deletes them."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

PERMISSIONS = ("read", "write", "read_write")


@dataclass(frozen=True, slots=True)
class Key:
    """A consumer key with its secret, for one store's user. ``permission`` is one of PERMISSIONS."""

    number: int
    consumer_key: str
    consumer_secret: str
    user_id: str
    app: str
    permission: str

    @property
    def scopes(self) -> frozenset[str]:
        """``read``, ``write`` or both."""
        return frozenset(self.permission.split("_"))

    def posted(self, app_user: str) -> dict[str, object]:
        """What the store posts to the application; ``app_user`` is the application's own word."""
        return {
            "key_id": self.number,
            "user_id": app_user,
            "consumer_key": self.consumer_key,
            "consumer_secret": self.consumer_secret,
            "key_permissions": self.permission,
        }


class Keys:
    """All keys of all stores; ``canary`` is asked for a text that new keys contain."""

    def __init__(self, canary: Callable[[], str]) -> None:
        self._canary = canary
        self._keys: dict[str, Key] = {}
        self._made = 0

    def make(self, user_id: str, app: str, permission: str) -> Key:
        """A new key."""
        self._made += 1
        opaque = (f"{self._canary()}{secrets.token_hex(20)}" for _ in range(2))
        key = Key(self._made, f"ck_{next(opaque)}", f"cs_{next(opaque)}", user_id, app, permission)
        self._keys[key.consumer_key] = key
        return key

    def get(self, consumer_key: str) -> Key | None:
        """The key, if it was not deleted."""
        return self._keys.get(consumer_key)

    def delete(self, key: Key) -> None:
        """Nobody can use it any more."""
        self._keys.pop(key.consumer_key, None)

    def delete_all(self, user_id: str) -> int:
        """Delete every key of a user; returns how many there were."""
        mine = [key for key in self._keys.values() if key.user_id == user_id]
        for key in mine:
            self.delete(key)
        return len(mine)


def same_secret(key: Key, shown: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(key.consumer_secret.encode(), shown.encode())
