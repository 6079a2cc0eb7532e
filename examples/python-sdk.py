# Run it beside `airdate http`: pip install "mcp>=2,<3" && AIRDATE_TOKEN=airdate_… python3 examples/python-sdk.py [ACCOUNT_ID [VIDEO_URL]]
"""The official mcp package over streamable HTTP, with a bearer token. Airdate's tests do not run this file."""

import asyncio
import json
import os
import sys
import uuid
from datetime import datetime, timedelta
from typing import Any

import httpx2
from mcp import Client, Implementation
from mcp.client.streamable_http import streamable_http_client

URL = os.environ.get("AIRDATE_URL", "http://127.0.0.1:4600/mcp")
TOKEN = os.environ.get("AIRDATE_TOKEN")


async def main() -> None:
    async with httpx2.AsyncClient(
        headers={"Authorization": f"Bearer {TOKEN}"} if TOKEN else {},
        timeout=httpx2.Timeout(30.0, read=300.0),
    ) as http:
        transport = streamable_http_client(URL, http_client=http)
        async with Client(transport, client_info=Implementation(name="python-sdk", version="1.0.0")) as client:
            await schedule(client)


async def schedule(client: Client) -> None:
    listed = await call(client, "list_profiles", {})
    account_id = sys.argv[1] if len(sys.argv) > 1 else simulated_account(listed)
    video = sys.argv[2] if len(sys.argv) > 2 else "https://cdn.example.com/clip.mp4"
    now = datetime.fromisoformat(listed["now"]["utc"].replace("Z", "+00:00"))
    created = await call(
        client,
        "create_video_post",
        {
            "accountIds": [account_id],
            "contentUrl": video,
            "caption": "Made by an example",
            "scheduledTime": (now + timedelta(seconds=5)).isoformat(),
            # The same call with the same key is answered with the same post, however often it is made.
            "idempotencyKey": str(uuid.uuid4()),
        },
    )
    for warning in created["warnings"]:
        print(f"warning: {warning['message']}")
    for post in created["posts"]:
        tell(post)
        if post["status"] == "scheduled":
            tell(await outcome_of(client, post["postId"]))


def simulated_account(listed: dict[str, Any]) -> str:
    simulated = [backend["name"] for backend in listed["backends"] if backend.get("simulated")]
    for profile in listed["profiles"]:
        if profile["backend"] in simulated and profile["accounts"]:
            return profile["accounts"][0]["accountId"]
    sys.exit("No account is simulated: name the one to post to.")


async def outcome_of(client: Client, post_id: str) -> dict[str, Any]:
    """What became of a post, once its time has come."""
    while True:
        post = (await call(client, "get_post", {"postId": post_id}))["post"]
        if post["status"] not in ("scheduled", "processing"):
            return post
        await asyncio.sleep(1)


def tell(post: dict[str, Any]) -> None:
    air_time = post["airTime"] or {}
    print(f"{post['postId']} is {post['status']}, air time {air_time.get('local')} {air_time.get('timezone')}")
    for target in post["targets"]:
        what = target.get("error", {}).get("message") or target.get("url", "")
        print(f"  {target['accountId']}: {target['status']} {what}".rstrip())


async def call(client: Client, name: str, arguments: dict[str, Any], tries: int = 3) -> dict[str, Any]:
    """Calls a tool. What may be called again is; any other error says what to do, and ends the example."""
    result = await client.call_tool(name, arguments)
    if not result.is_error:
        return result.structured_content or {}
    error = json.loads(result.content[0].text)["error"]
    if error["retryable"] and tries > 1:
        await asyncio.sleep(error.get("retryAfterSeconds", 1))
        return await call(client, name, arguments, tries - 1)
    print(f"{name}: {error['code']}: {error['message']}\n{error.get('hint', '')}".rstrip(), file=sys.stderr)
    if "next" in error:
        following = error["next"]
        print(f"next: {following['tool']} {following['why']}", file=sys.stderr)
        answer = await client.call_tool(following["tool"], following["arguments"])
        print(answer.content[0].text, file=sys.stderr)
    sys.exit(1)


asyncio.run(main())
