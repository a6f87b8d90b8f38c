import pytest
from tests.e2e.harness_rate.conftest import MakeRoom, OpenPage

pytestmark = pytest.mark.e2e

PLAY = """async ({ start_s, end_s, lead_in_s, times }) => {
    const { Clip } = await import("/source/media/clip.ts");
    const media = document.querySelector("video");
    const frames = [];
    const seen = (_now, frame) => { frames.push(frame.mediaTime); media.requestVideoFrameCallback(seen); };
    const clip = new Clip(media, { url: "/media/film", start_s, end_s, lead_in_s });
    const reaches = (phase) => new Promise((resolve) => clip.onChange((now) => now === phase && resolve()));
    await reaches("ready");
    media.requestVideoFrameCallback(seen);
    for (let time = 0; time < times; time += 1) {
        const ended = reaches("ended");
        await clip.play();
        await ended;
        await new Promise((settled) => setTimeout(settled, 300));
    }
    return { frames, position_s: clip.position_s, stands_s: media.currentTime };
}"""


def test_a_clip_stays_inside_its_segment(make_room: MakeRoom, open_page: OpenPage) -> None:
    opened = make_room({})
    page = open_page(f"{opened.address}/source/page")
    played = page.evaluate(PLAY, {"start_s": 5.0, "end_s": 6.5, "lead_in_s": 1.0, "times": 2})
    frames = played["frames"]
    assert min(frames) >= 4.0
    assert 6.5 - 3 / 30 <= max(frames) <= 6.5, "half-open: at most the frame on its edge"
    restarts = [frames[at] for at in range(1, len(frames)) if frames[at] < frames[at - 1]]
    assert len(restarts) == 1
    assert restarts[0] <= 4.1
    assert 2.4 <= played["position_s"] <= 2.6


def test_a_lead_in_begins_no_earlier_than_the_recording(make_room: MakeRoom, open_page: OpenPage) -> None:
    page = open_page(f"{make_room({}).address}/source/page")
    played = page.evaluate(PLAY, {"start_s": 0.5, "end_s": 1.0, "lead_in_s": 15.0, "times": 1})
    assert min(played["frames"]) <= 0.1
    assert max(played["frames"]) <= 1.0
